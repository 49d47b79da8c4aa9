import MoruLayers

/// Densely connected networks: each layer sees the maps of all before it in its block.
extension Architecture {
  static let denseNets = [denseNet121, denseNet169, denseNet201]

  /// Blocks of 6, 12, 24, 16 layers.
  public static let denseNet121 = denseNet("DenseNet121", [6, 12, 24, 16])
  /// Blocks of 6, 12, 32, 32 layers.
  public static let denseNet169 = denseNet("DenseNet169", [6, 12, 32, 32])
  /// Blocks of 6, 12, 48, 32 layers.
  public static let denseNet201 = denseNet("DenseNet201", [6, 12, 48, 32])

  private static func denseNet(_ name: String, _ counts: [Int]) -> Architecture {
    Architecture(
      name, definitions: [.keras, .torchvision], source: "Huang et al. 2016, arXiv:1608.06993",
      preprocessing: { _ in .standardized },
      torchNames: TorchNames(module: denseModule)
    ) { input, drawing in
      let normalization: NormalizationSettings = drawing.isKeras ? .resNet : .torch
      let stem = ConvolutionBlock(
        64, kernel: 7, strides: 2, padding: .symmetric, normalization: normalization,
        names: .joined("conv1"))
      var x = ZeroPadding2D(1, name: "pool1_pad")(stem(input))
      x = MaxPooling2D(3, strides: 2, name: "pool1")(x)
      var channels = 64
      for (stage, count) in counts.enumerated() {
        x = DenseBlock(count, normalization: normalization, name: "conv\(stage + 2)")(x)
        channels += 32 * count
        guard stage < counts.count - 1 else { break }
        channels /= 2
        x = TransitionBlock(channels, normalization: normalization, name: "pool\(stage + 2)")(x)
      }
      x = normalization.finished(x, .relu, LayerNames(nil, "bn", "relu"))
      return drawing.head(x)
    }
  }

  private static func denseModule(_ layer: String) -> String? {
    let others = [
      "conv1_conv": "features.conv0", "conv1_bn": "features.norm0", "bn": "features.norm5",
      "predictions": "classifier",
    ]
    if let name = others[layer] { return name }
    if let n = layer.numbers(in: "conv#_block#_#_conv") {
      return "features.denseblock\(n[0] - 1).denselayer\(n[1]).conv\(n[2])"
    }
    if let n = layer.numbers(in: "conv#_block#_#_bn") {
      return "features.denseblock\(n[0] - 1).denselayer\(n[1]).norm\(n[2] + 1)"
    }
    if let n = layer.numbers(in: "pool#_conv") { return "features.transition\(n[0] - 1).conv" }
    return layer.numbers(in: "pool#_bn").map { "features.transition\($0[0] - 1).norm" }
  }
}

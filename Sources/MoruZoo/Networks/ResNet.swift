import MoruLayers

/// Residual networks. Keras and the paper make the steps of bottlenecks in their first 1×1
/// convolution and have biases; torchvision makes them in the 3×3 one and has none.
extension Architecture {
  static let resNets = [resNet18, resNet34, resNet50, resNet101, resNet152]

  /// Residual blocks of two convolutions: 2, 2, 2, 2 of them.
  public static let resNet18 = residual("ResNet18", [2, 2, 2, 2])
  /// Residual blocks of two convolutions: 3, 4, 6, 3 of them.
  public static let resNet34 = residual("ResNet34", [3, 4, 6, 3])
  /// Bottlenecks: 3, 4, 6, 3 of them.
  public static let resNet50 = bottlenecked("ResNet50", [3, 4, 6, 3])
  /// Bottlenecks: 3, 4, 23, 3 of them.
  public static let resNet101 = bottlenecked("ResNet101", [3, 4, 23, 3])
  /// Bottlenecks: 3, 8, 36, 3 of them.
  public static let resNet152 = bottlenecked("ResNet152", [3, 8, 36, 3])

  private static func residual(_ name: String, _ counts: [Int]) -> Architecture {
    resNet(name, counts, definitions: [.torchvision]) { stage, place, drawing in
      let block = ResidualBlock(
        64 << stage, strides: stage > 0 && place == 0 ? 2 : 1,
        isProjected: stage > 0 && place == 0, padding: drawing.padding, normalization: .torch,
        name: "conv\(stage + 2)_block\(place + 1)")
      return block.callAsFunction
    }
  }

  private static func bottlenecked(_ name: String, _ counts: [Int]) -> Architecture {
    resNet(name, counts, definitions: [.keras, .torchvision]) { stage, place, drawing in
      let block = BottleneckBlock(
        64 << stage, strides: stage > 0 && place == 0 ? 2 : 1, stridesInside: !drawing.isKeras,
        isProjected: place == 0, padding: drawing.padding, useBias: drawing.isKeras,
        normalization: drawing.isKeras ? .resNet : .torch,
        name: "conv\(stage + 2)_block\(place + 1)")
      return block.callAsFunction
    }
  }

  private typealias Block = @Sendable (Symbol) -> Symbol

  private static func resNet(
    _ name: String, _ counts: [Int], definitions: [Definition],
    block: @escaping @Sendable (_ stage: Int, _ place: Int, Drawing) -> Block
  ) -> Architecture {
    Architecture(
      name, definitions: definitions, source: "He et al. 2015, arXiv:1512.03385",
      preprocessing: { $0 == .keras ? .blueGreenRed : .standardized },
      torchNames: TorchNames(module: resNetModule)
    ) { input, drawing in
      let stem = ConvolutionBlock(
        64, kernel: 7, strides: 2, padding: .symmetric, useBias: drawing.isKeras,
        normalization: drawing.isKeras ? .resNet : .torch, names: .joined("conv1"))
      var x = ZeroPadding2D(1, name: "pool1_pad")(stem(input))
      x = MaxPooling2D(3, strides: 2, name: "pool1_pool")(x)
      for (stage, count) in counts.enumerated() {
        for place in 0..<count { x = block(stage, place, drawing)(x) }
      }
      return drawing.head(x)
    }
  }

  private static func resNetModule(_ layer: String) -> String? {
    let others = ["conv1_conv": "conv1", "conv1_bn": "bn1", "predictions": "fc"]
    if let name = others[layer] { return name }
    for (part, place) in [("conv", 0), ("bn", 1)] {
      guard let n = layer.numbers(in: "conv#_block#_#_\(part)") else { continue }
      let module = n[2] == 0 ? "downsample.\(place)" : "\(part)\(n[2])"
      return "layer\(n[0] - 1).\(n[1] - 1).\(module)"
    }
    return nil
  }
}

extension NormalizationSettings {
  /// What Keras's residual and densely connected networks add to the variance.
  static let resNet = NormalizationSettings(epsilon: 1.001e-5)
}

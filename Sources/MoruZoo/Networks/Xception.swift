import MoruGraph
import MoruLayers
import MoruTensors

/// Separable convolutions in place of Inception's modules.
extension Architecture {
  static let xceptions = [xception]

  /// Thirty-six convolutions.
  public static let xception = Architecture(
    "Xception", inputShape: [299, 299, 3], smallest: 71, definitions: [.keras],
    source: "Chollet 2017, arXiv:1610.02357", preprocessing: { _ in .symmetric }
  ) { input, drawing in
    func first(_ number: Int, _ filters: Int, strides: Size2D) -> ConvolutionBlock {
      let name = "block1_conv\(number)"
      return ConvolutionBlock(
        filters, kernel: 3, strides: strides, padding: .valid,
        names: LayerNames(name, "\(name)_bn", "\(name)_act"))
    }
    var x = first(2, 64, strides: 1)(first(1, 32, strides: 2)(input))
    // Keras gives the shortcuts the names of their kinds.
    let shortcuts = ["", "_1", "_2", "_3"].map {
      LayerNames("conv2d\($0)", "batch_normalization\($0)")
    }
    for (place, filters) in [128, 256, 728].enumerated() {
      let block = SeparableResidual(
        [filters, filters], startsActive: place > 0, isPooled: true, name: "block\(place + 2)",
        shortcutNames: shortcuts[place])
      x = block(x)
    }
    for number in 5...12 {
      x = SeparableResidual([728, 728, 728], name: "block\(number)")(x)
    }
    let exit = SeparableResidual(
      [728, 1024], isPooled: true, name: "block13", shortcutNames: shortcuts[3])
    x = exit(x)
    for (number, filters) in [(1, 1536), (2, 2048)] {
      let part = "block14_sepconv\(number)"
      x = SeparableConv2D(filters, kernel: 3, padding: .same, useBias: false, name: part)(x)
      x = NormalizationSettings().finished(
        x, .relu, LayerNames(part, "\(part)_bn", "\(part)_act"))
    }
    return drawing.head(x)
  }
}

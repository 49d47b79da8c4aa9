import MoruGraph
import MoruLayers
import MoruTensors

/// A network that answers for every pixel: down to small maps of many channels, and up again, each
/// step up beside the maps of the same size on the way down.
extension Architecture {
  static let uNets = [uNet]

  /// Four steps of two convolutions down and up, with borders kept, so that the answer is as large as
  /// the picture. Height and width are multiples of 16.
  public static let uNet = Architecture(
    "UNet", inputShape: [256, 256, 1], smallest: 16, step: 16, classes: 2, definitions: [.paper],
    source: "Ronneberger, Fischer, Brox 2015, arXiv:1505.04597; borders are padded",
    preprocessing: { _ in .unit }
  ) { input, drawing in
    func twice(_ x: Symbol, _ filters: Int, _ name: String) -> Symbol {
      [1, 2].reduce(x) { value, number in
        Conv2D(
          filters, kernel: 3, padding: .same, activation: .relu, kernelInitializer: .heNormal,
          name: "\(name)_conv\(number)")(value)
      }
    }
    var x = input
    var kept: [Symbol] = []
    for level in 0..<4 {
      x = twice(x, 64 << level, "down\(level + 1)")
      kept.append(x)
      x = MaxPooling2D(2, name: "down\(level + 1)_pool")(x)
    }
    x = Dropout(0.5, name: "dropout")(twice(x, 1024, "bottom"))
    for level in (0..<4).reversed() {
      let name = "up\(level + 1)"
      x = Conv2DTranspose(64 << level, kernel: 2, strides: 2, name: "\(name)_transpose")(x)
      x = twice(Concatenate(name: "\(name)_concat")([kept[level], x]), 64 << level, name)
    }
    guard drawing.includeTop else { return drawing.pooled(x) }
    return Conv2D(drawing.classes, kernel: 1, activation: drawing.activation, name: "predictions")(
      x)
  }
}

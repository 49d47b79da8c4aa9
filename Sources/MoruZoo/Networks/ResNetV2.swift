import MoruLayers

/// Residual networks that normalize and activate before they convolve.
extension Architecture {
  static let resNetV2s = [resNet50V2, resNet101V2, resNet152V2]

  /// Bottlenecks: 3, 4, 6, 3 of them.
  public static let resNet50V2 = preactivated("ResNet50V2", [3, 4, 6, 3])
  /// Bottlenecks: 3, 4, 23, 3 of them.
  public static let resNet101V2 = preactivated("ResNet101V2", [3, 4, 23, 3])
  /// Bottlenecks: 3, 8, 36, 3 of them.
  public static let resNet152V2 = preactivated("ResNet152V2", [3, 8, 36, 3])

  private static func preactivated(_ name: String, _ counts: [Int]) -> Architecture {
    Architecture(
      name, definitions: [.keras], source: "He et al. 2016, arXiv:1603.05027",
      preprocessing: { _ in .symmetric }
    ) { input, drawing in
      var x = Conv2D(64, kernel: 7, strides: 2, name: "conv1_conv")(
        ZeroPadding2D(3, name: "conv1_pad")(input))
      x = MaxPooling2D(3, strides: 2, name: "pool1_pool")(ZeroPadding2D(1, name: "pool1_pad")(x))
      for (stage, count) in counts.enumerated() {
        for place in 0..<count {
          // Keras makes the step in the last block of a stage.
          let block = PreactivatedBottleneck(
            64 << stage, strides: stage < counts.count - 1 && place == count - 1 ? 2 : 1,
            isProjected: place == 0, normalization: .resNet,
            name: "conv\(stage + 2)_block\(place + 1)")
          x = block(x)
        }
      }
      return drawing.head(
        NormalizationSettings.resNet.finished(x, .relu, .joined("post")))
    }
  }
}

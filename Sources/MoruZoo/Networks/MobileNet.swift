import MoruGraph
import MoruLayers

/// Depthwise separable convolutions throughout.
extension Architecture {
  static let mobileNets = [mobileNet]

  /// Thirteen depthwise separable convolutions after a whole one.
  public static let mobileNet = Architecture(
    "MobileNet", definitions: [.keras], source: "Howard et al. 2017, arXiv:1704.04861",
    preprocessing: { _ in .symmetric }
  ) { input, drawing in
    let first = ConvolutionBlock(
      32, kernel: 3, strides: 2, activation: .relu6,
      names: LayerNames("conv1", "conv1_bn", "conv1_relu"))
    var x = first(input)
    for (place, filters) in mobileNetFilters.enumerated() {
      let number = place + 1
      let isStrided = [2, 4, 6, 12].contains(number)
      // Keras puts the zeros of strided windows after, at odd sizes as well.
      if isStrided {
        x = ZeroPadding2D(
          Padding2D(top: 0, bottom: 1, left: 0, right: 1), name: "conv_pad_\(number)")(x)
      }
      func names(_ part: String) -> LayerNames {
        LayerNames(
          "conv_\(part)_\(number)", "conv_\(part)_\(number)_bn", "conv_\(part)_\(number)_relu")
      }
      let block = DepthwiseSeparableBlock(
        filters, strides: isStrided ? 2 : 1, padding: isStrided ? .valid : .same,
        depthwiseNames: names("dw"), pointwiseNames: names("pw"))
      x = block(x)
    }
    guard drawing.includeTop else { return drawing.pooled(x) }
    x = GlobalAveragePooling2D(keepDimensions: true, name: "avg_pool")(x)
    x = Dropout(0.001, name: "dropout")(x)
    x = Conv2D(drawing.classes, kernel: 1, padding: .same, name: "conv_preds")(x)
    x = Reshape([drawing.classes], name: "reshape_2")(x)
    return Activation(drawing.activation, name: "predictions")(x)
  }

  private static let mobileNetFilters =
    [64, 128, 128, 256, 256] + [Int](repeating: 512, count: 6)
    + [1024, 1024]
}

import MoruLayers

/// Inverted residuals with linear bottlenecks.
extension Architecture {
  static let mobileNetV2s = [mobileNetV2]

  private struct Stage {
    let expansion: Int
    let filters: Int
    let count: Int
    let strides: Size2D
  }

  private static let stages = [
    Stage(expansion: 1, filters: 16, count: 1, strides: 1),
    Stage(expansion: 6, filters: 24, count: 2, strides: 2),
    Stage(expansion: 6, filters: 32, count: 3, strides: 2),
    Stage(expansion: 6, filters: 64, count: 4, strides: 2),
    Stage(expansion: 6, filters: 96, count: 3, strides: 1),
    Stage(expansion: 6, filters: 160, count: 3, strides: 2),
    Stage(expansion: 6, filters: 320, count: 1, strides: 1),
  ]

  /// Seventeen inverted residuals.
  public static let mobileNetV2 = Architecture(
    "MobileNetV2", definitions: [.keras, .torchvision],
    source: "Sandler et al. 2018, arXiv:1801.04381",
    preprocessing: { $0 == .keras ? .symmetric : .standardized },
    torchNames: TorchNames(module: mobileNetV2Module)
  ) { input, drawing in
    let normalization: NormalizationSettings =
      drawing.isKeras ? NormalizationSettings(momentum: 0.999) : .torch
    func convolution(
      _ filters: Int, kernel: Size2D, strides: Size2D, _ names: LayerNames
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        filters, kernel: kernel, strides: strides, padding: drawing.padding, activation: .relu6,
        normalization: normalization, names: names)
    }
    let first = convolution(
      32, kernel: 3, strides: 2, LayerNames("Conv1", "bn_Conv1", "Conv1_relu", padding: "Conv1_pad")
    )
    var x = first(input)
    var (number, channels) = (0, 32)
    for stage in stages {
      for place in 0..<stage.count {
        var block = InvertedResidual(
          from: channels, expanded: channels * stage.expansion, to: stage.filters,
          strides: place == 0 ? stage.strides : 1)
        block.padding = drawing.padding
        block.normalization = normalization
        block.names = names(of: number)
        x = block(x)
        (number, channels) = (number + 1, stage.filters)
      }
    }
    let last = convolution(
      1280, kernel: 1, strides: 1, LayerNames("Conv_1", "Conv_1_bn", "out_relu"))
    return drawing.head(last(x), dropout: drawing.isKeras ? 0 : 0.2)
  }

  private static func names(of number: Int) -> InvertedResidual.Names {
    let prefix = number == 0 ? "expanded_conv_" : "block_\(number)_"
    func part(_ name: String) -> LayerNames {
      LayerNames("\(prefix)\(name)", "\(prefix)\(name)_BN", "\(prefix)\(name)_relu")
    }
    var names = InvertedResidual.Names()
    names.expand = part("expand")
    names.depthwise = part("depthwise")
    names.depthwise.padding = "\(prefix)pad"
    names.project = part("project")
    names.add = "\(prefix)add"
    return names
  }

  private static func mobileNetV2Module(_ layer: String) -> String? {
    let others = [
      "Conv1": "features.0.0", "bn_Conv1": "features.0.1", "Conv_1": "features.18.0",
      "Conv_1_bn": "features.18.1", "predictions": "classifier.1",
      "expanded_conv_depthwise": "features.1.conv.0.0",
      "expanded_conv_depthwise_BN": "features.1.conv.0.1",
      "expanded_conv_project": "features.1.conv.1", "expanded_conv_project_BN": "features.1.conv.2",
    ]
    if let name = others[layer] { return name }
    let parts = [
      "expand": "0.0", "expand_BN": "0.1", "depthwise": "1.0", "depthwise_BN": "1.1",
      "project": "2", "project_BN": "3",
    ]
    for (part, place) in parts {
      if let number = layer.numbers(in: "block_#_\(part)") {
        return "features.\(number[0] + 1).conv.\(place)"
      }
    }
    return nil
  }
}

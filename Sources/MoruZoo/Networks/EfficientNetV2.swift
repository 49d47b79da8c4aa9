import MoruLayers
import MoruTensors

/// EfficientNets whose early blocks are whole convolutions.
extension Architecture {
  static let efficientNetV2s = [efficientNetV2S]

  private struct Stage {
    let isFused: Bool
    let expansion: Int
    let filters: Int
    let count: Int
    let strides: Size2D
  }

  private static let stages = [
    Stage(isFused: true, expansion: 1, filters: 24, count: 2, strides: 1),
    Stage(isFused: true, expansion: 4, filters: 48, count: 4, strides: 2),
    Stage(isFused: true, expansion: 4, filters: 64, count: 4, strides: 2),
    Stage(isFused: false, expansion: 4, filters: 128, count: 6, strides: 2),
    Stage(isFused: false, expansion: 6, filters: 160, count: 9, strides: 1),
    Stage(isFused: false, expansion: 6, filters: 256, count: 15, strides: 2),
  ]

  /// The small one: forty blocks.
  public static let efficientNetV2S = Architecture(
    "EfficientNetV2S", inputShape: [384, 384, 3], definitions: [.keras, .torchvision],
    source: "Tan, Le 2021, arXiv:2104.00298",
    preprocessing: { $0 == .keras ? .centred : .standardized },
    torchNames: TorchNames { efficientModule($0, stages: stages.count, fused: 3) }
  ) { input, drawing in
    let normalization = NormalizationSettings(momentum: 0.9)
    var x = ConvolutionBlock.efficient(24, kernel: 3, strides: 2, normalization, drawing, "stem")(
      input)
    var inputs = 24
    let total = stages.reduce(0) { $0 + $1.count }
    var number = 0
    for (stage, settings) in stages.enumerated() {
      for place in 0..<settings.count {
        let dropRate = 0.2 * Double(number) / Double(total)
        let names = InvertedResidual.Names.efficient(
          stage: stage, place: place, depthwise: "dwconv2")
        let strides: Size2D = place == 0 ? settings.strides : 1
        let expanded = inputs * settings.expansion
        if settings.isFused {
          var block = FusedInvertedResidual(
            from: inputs, expanded: expanded, to: settings.filters, strides: strides)
          block.padding = drawing.padding
          block.dropRate = dropRate
          block.normalization = normalization
          block.initializer = .efficient
          block.names = names
          x = block(x)
        } else {
          var block = InvertedResidual(
            from: inputs, expanded: expanded, to: settings.filters, strides: strides)
          block.padding = drawing.padding
          block.activation = .silu
          block.squeezed = inputs / 4
          block.dropRate = dropRate
          block.normalization = normalization
          block.initializer = .efficient
          block.names = names
          x = block(x)
        }
        (inputs, number) = (settings.filters, number + 1)
      }
    }
    let last = ConvolutionBlock.efficient(
      1280, kernel: 1, strides: 1, normalization, drawing, "top")
    return drawing.head(last(x), dropout: 0.2, dropoutName: "top_dropout")
  }
}

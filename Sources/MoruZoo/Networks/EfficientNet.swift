import MoruLayers
import MoruTensors

/// Inverted residuals with squeeze and excitation, in eight sizes: depth, width and picture grow
/// together.
extension Architecture {
  static let efficientNets = [
    efficientNetB0, efficientNetB1, efficientNetB2, efficientNetB3, efficientNetB4, efficientNetB5,
    efficientNetB6, efficientNetB7,
  ]

  /// The network that the others are scaled from.
  public static let efficientNetB0 = efficientNet(0, width: 1, depth: 1, size: 224, dropout: 0.2)
  /// 1.1 times as deep.
  public static let efficientNetB1 = efficientNet(1, width: 1, depth: 1.1, size: 240, dropout: 0.2)
  /// 1.1 times as wide, 1.2 times as deep.
  public static let efficientNetB2 = efficientNet(
    2, width: 1.1, depth: 1.2, size: 260, dropout: 0.3)
  /// 1.2 times as wide, 1.4 times as deep.
  public static let efficientNetB3 = efficientNet(
    3, width: 1.2, depth: 1.4, size: 300, dropout: 0.3)
  /// 1.4 times as wide, 1.8 times as deep.
  public static let efficientNetB4 = efficientNet(
    4, width: 1.4, depth: 1.8, size: 380, dropout: 0.4)
  /// 1.6 times as wide, 2.2 times as deep.
  public static let efficientNetB5 = efficientNet(
    5, width: 1.6, depth: 2.2, size: 456, dropout: 0.4)
  /// 1.8 times as wide, 2.6 times as deep.
  public static let efficientNetB6 = efficientNet(
    6, width: 1.8, depth: 2.6, size: 528, dropout: 0.5)
  /// Twice as wide, 3.1 times as deep.
  public static let efficientNetB7 = efficientNet(
    7, width: 2, depth: 3.1, size: 600, dropout: 0.5)

  private struct Stage {
    let expansion: Int
    let filters: Int
    let count: Int
    let strides: Size2D
    let kernel: Size2D
  }

  private static let efficientStages = [
    Stage(expansion: 1, filters: 16, count: 1, strides: 1, kernel: 3),
    Stage(expansion: 6, filters: 24, count: 2, strides: 2, kernel: 3),
    Stage(expansion: 6, filters: 40, count: 2, strides: 2, kernel: 5),
    Stage(expansion: 6, filters: 80, count: 3, strides: 2, kernel: 3),
    Stage(expansion: 6, filters: 112, count: 3, strides: 1, kernel: 5),
    Stage(expansion: 6, filters: 192, count: 4, strides: 2, kernel: 5),
    Stage(expansion: 6, filters: 320, count: 1, strides: 1, kernel: 3),
  ]

  /// - Parameters:
  ///   - number: Which of the eight.
  ///   - width: How many times as many channels.
  ///   - depth: How many times as many blocks, rounded up.
  ///   - size: Height and width of the pictures.
  ///   - dropout: Share of the means that training drops.
  private static func efficientNet(
    _ number: Int, width: Double, depth: Double, size: Int, dropout: Double
  ) -> Architecture {
    Architecture(
      "EfficientNetB\(number)", inputShape: [size, size, 3],
      definitions: [.keras, .torchvision], source: "Tan, Le 2019, arXiv:1905.11946",
      preprocessing: { _ in .standardized },
      torchNames: TorchNames { efficientModule($0, stages: efficientStages.count) }
    ) { input, drawing in
      func channels(_ count: Int) -> Int { divisible(Double(count) * width, by: 8) }
      func repeats(_ count: Int) -> Int { Int((depth * Double(count)).rounded(.up)) }
      // torchvision keeps PyTorch's settings in the five smaller ones.
      let normalization: NormalizationSettings =
        drawing.isKeras || number >= 5 ? NormalizationSettings() : .torch
      func convolution(
        _ filters: Int, kernel: Size2D, strides: Size2D, _ name: String
      ) -> ConvolutionBlock {
        .efficient(filters, kernel: kernel, strides: strides, normalization, drawing, name)
      }
      var x = convolution(channels(32), kernel: 3, strides: 2, "stem")(input)
      var inputs = channels(32)
      let total = efficientStages.reduce(0) { $0 + repeats($1.count) }
      var block = 0
      for (stage, settings) in efficientStages.enumerated() {
        for place in 0..<repeats(settings.count) {
          var residual = InvertedResidual(
            from: inputs, expanded: inputs * settings.expansion, to: channels(settings.filters),
            strides: place == 0 ? settings.strides : 1)
          residual.kernel = settings.kernel
          residual.padding = drawing.padding
          residual.activation = .silu
          residual.squeezed = max(1, inputs / 4)
          residual.dropRate = 0.2 * Double(block) / Double(total)
          residual.normalization = normalization
          residual.initializer = .efficient
          residual.names = .efficient(stage: stage, place: place, depthwise: "dwconv")
          x = residual(x)
          (inputs, block) = (channels(settings.filters), block + 1)
        }
      }
      x = convolution(channels(1280), kernel: 1, strides: 1, "top")(x)
      return drawing.head(x, dropout: dropout, dropoutName: "top_dropout")
    }
  }

  /// torchvision's names for both generations.
  ///
  /// - Parameters:
  ///   - layer: A layer of ours.
  ///   - stages: Number of stages.
  ///   - fused: Number of stages of fused blocks, the first of which has no expansion.
  static func efficientModule(_ layer: String, stages: Int, fused: Int = 0) -> String? {
    let others = [
      "stem_conv": "features.0.0", "stem_bn": "features.0.1",
      "top_conv": "features.\(stages + 1).0", "top_bn": "features.\(stages + 1).1",
      "predictions": "classifier.1",
    ]
    if let name = others[layer] { return name }
    let words = layer.split(separator: "_", maxSplits: 1)
    guard words.count == 2, words[0].hasPrefix("block"), let letter = words[0].last?.asciiValue,
      let stage = Int(words[0].dropFirst(5).dropLast())
    else { return nil }
    let places: [String: String]
    if stage == 1 {
      // No expansion: of a fused block one convolution is left.
      places =
        fused > 0
        ? ["project_conv": "0.0", "project_bn": "0.1"]
        : [
          "dwconv": "0.0", "bn": "0.1", "se_reduce": "1.fc1", "se_expand": "1.fc2",
          "project_conv": "2.0", "project_bn": "2.1",
        ]
    } else if stage <= fused {
      places = [
        "expand_conv": "0.0", "expand_bn": "0.1", "project_conv": "1.0", "project_bn": "1.1",
      ]
    } else {
      places = [
        "expand_conv": "0.0", "expand_bn": "0.1", "dwconv": "1.0", "dwconv2": "1.0", "bn": "1.1",
        "se_reduce": "2.fc1", "se_expand": "2.fc2", "project_conv": "3.0", "project_bn": "3.1",
      ]
    }
    let place = Int(letter) - Int(UInt8(ascii: "a"))
    return places[String(words[1])].map { "features.\(stage).\(place).block.\($0)" }
  }
}

extension ConvolutionBlock {
  /// The first or last convolution of an EfficientNet.
  static func efficient(
    _ filters: Int, kernel: Size2D, strides: Size2D, _ normalization: NormalizationSettings,
    _ drawing: Drawing, _ name: String
  ) -> ConvolutionBlock {
    ConvolutionBlock(
      filters, kernel: kernel, strides: strides, padding: drawing.padding, activation: .silu,
      normalization: normalization, initializer: .efficient,
      names: LayerNames(
        "\(name)_conv", "\(name)_bn", "\(name)_activation", padding: "\(name)_conv_pad"))
  }
}

extension Initializer where Self == VarianceScaling {
  /// How EfficientNets' convolutions start.
  static var efficient: Self {
    .varianceScaling(scale: 2, mode: .fanOut, distribution: .truncatedNormal)
  }
}

extension InvertedResidual.Names {
  /// `block2a_expand_conv` and so on.
  ///
  /// - Parameter depthwise: The depthwise convolution's own name.
  static func efficient(stage: Int, place: Int, depthwise: String) -> Self {
    let letter = Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: place)))
    let prefix = "block\(stage + 1)\(letter)_"
    func part(_ name: String) -> LayerNames {
      LayerNames("\(prefix)\(name)_conv", "\(prefix)\(name)_bn", "\(prefix)\(name)_activation")
    }
    var names = Self()
    names.expand = part("expand")
    names.depthwise = LayerNames(
      prefix + depthwise, "\(prefix)bn", "\(prefix)activation", padding: "\(prefix)dwconv_pad")
    names.excite = SqueezeExcite.Names(
      squeeze: "\(prefix)se_squeeze", reduce: "\(prefix)se_reduce", expand: "\(prefix)se_expand",
      excite: "\(prefix)se_excite")
    names.project = part("project")
    names.drop = "\(prefix)drop"
    names.add = "\(prefix)add"
    return names
  }
}

import MoruLayers

/// Inverted residuals with squeeze and excitation where a search found them worth their cost, and
/// piecewise activations.
extension Architecture {
  static let mobileNetV3s = [mobileNetV3Small, mobileNetV3Large]

  private struct Block {
    let kernel: Int
    let expanded: Int
    let filters: Int
    let isExcited: Bool
    let activation: ActivationFunction
    let strides: Size2D

    init(
      _ kernel: Int, _ expanded: Int, _ filters: Int, _ isExcited: Bool,
      _ activation: ActivationFunction, _ strides: Size2D
    ) {
      self.kernel = kernel
      self.expanded = expanded
      self.filters = filters
      self.isExcited = isExcited
      self.activation = activation
      self.strides = strides
    }
  }

  /// Fifteen blocks.
  public static let mobileNetV3Large = mobileNetV3(
    "MobileNetV3Large", last: 1280,
    [
      Block(3, 16, 16, false, .relu, 1), Block(3, 64, 24, false, .relu, 2),
      Block(3, 72, 24, false, .relu, 1), Block(5, 72, 40, true, .relu, 2),
      Block(5, 120, 40, true, .relu, 1), Block(5, 120, 40, true, .relu, 1),
      Block(3, 240, 80, false, .hardSilu, 2), Block(3, 200, 80, false, .hardSilu, 1),
      Block(3, 184, 80, false, .hardSilu, 1), Block(3, 184, 80, false, .hardSilu, 1),
      Block(3, 480, 112, true, .hardSilu, 1), Block(3, 672, 112, true, .hardSilu, 1),
      Block(5, 672, 160, true, .hardSilu, 2), Block(5, 960, 160, true, .hardSilu, 1),
      Block(5, 960, 160, true, .hardSilu, 1),
    ])

  /// Eleven blocks.
  public static let mobileNetV3Small = mobileNetV3(
    "MobileNetV3Small", last: 1024,
    [
      Block(3, 16, 16, true, .relu, 2), Block(3, 72, 24, false, .relu, 2),
      Block(3, 88, 24, false, .relu, 1), Block(5, 96, 40, true, .hardSilu, 2),
      Block(5, 240, 40, true, .hardSilu, 1), Block(5, 240, 40, true, .hardSilu, 1),
      Block(5, 120, 48, true, .hardSilu, 1), Block(5, 144, 48, true, .hardSilu, 1),
      Block(5, 288, 96, true, .hardSilu, 2), Block(5, 576, 96, true, .hardSilu, 1),
      Block(5, 576, 96, true, .hardSilu, 1),
    ])

  private static func mobileNetV3(
    _ name: String, last: Int, _ blocks: [Block]
  ) -> Architecture {
    Architecture(
      name, definitions: [.keras, .torchvision], source: "Howard et al. 2019, arXiv:1905.02244",
      preprocessing: { $0 == .keras ? .symmetric : .standardized },
      torchNames: TorchNames { mobileNetV3Module($0, blocks) }
    ) { input, drawing in
      let normalization = NormalizationSettings(momentum: drawing.isKeras ? 0.999 : 0.99)
      func convolution(
        _ filters: Int, kernel: Size2D, strides: Size2D, _ name: String
      ) -> ConvolutionBlock {
        ConvolutionBlock(
          filters, kernel: kernel, strides: strides, padding: drawing.padding,
          activation: .hardSilu, normalization: normalization,
          names: LayerNames(name, "\(name)_bn", "\(name)_activation", padding: "\(name)_pad"))
      }
      var x = convolution(16, kernel: 3, strides: 2, "conv")(input)
      var channels = 16
      for (number, settings) in blocks.enumerated() {
        var block = InvertedResidual(
          from: channels, expanded: settings.expanded, to: settings.filters,
          strides: settings.strides)
        block.kernel = Size2D(settings.kernel, settings.kernel)
        block.padding = drawing.padding
        block.activation = settings.activation
        block.squeezed =
          settings.isExcited ? divisible(Double(settings.expanded) / 4, by: 8) : nil
        block.squeezeActivation = .relu
        block.gate = .hardSigmoid
        block.normalization = normalization
        block.names = names(ofV3Block: number)
        x = block(x)
        channels = settings.filters
      }
      x = convolution(6 * channels, kernel: 1, strides: 1, "conv_1")(x)
      guard drawing.includeTop else { return drawing.pooled(x) }
      x = GlobalAveragePooling2D(keepDimensions: true, name: "avg_pool")(x)
      x = Conv2D(last, kernel: 1, activation: .hardSilu, name: "conv_2")(x)
      x = Dropout(0.2, name: "dropout")(x)
      x = Conv2D(drawing.classes, kernel: 1, name: "logits")(x)
      return Activation(drawing.activation, name: "predictions")(Flatten(name: "flatten")(x))
    }
  }

  private static func names(ofV3Block number: Int) -> InvertedResidual.Names {
    let prefix = number == 0 ? "expanded_conv_" : "expanded_conv_\(number)_"
    func part(_ name: String) -> LayerNames {
      LayerNames("\(prefix)\(name)", "\(prefix)\(name)_bn", "\(prefix)\(name)_activation")
    }
    var names = InvertedResidual.Names()
    names.expand = part("expand")
    names.depthwise = part("depthwise")
    names.depthwise.padding = "\(prefix)depthwise_pad"
    names.excite = SqueezeExcite.Names(
      squeeze: "\(prefix)squeeze_excite_avg_pool", reduce: "\(prefix)squeeze_excite_conv",
      expand: "\(prefix)squeeze_excite_conv_1", excite: "\(prefix)squeeze_excite_mul")
    names.project = part("project")
    names.add = "\(prefix)add"
    return names
  }

  private static func mobileNetV3Module(_ layer: String, _ blocks: [Block]) -> String? {
    let others = [
      "conv": "features.0.0", "conv_bn": "features.0.1",
      "conv_1": "features.\(blocks.count + 1).0", "conv_1_bn": "features.\(blocks.count + 1).1",
      "conv_2": "classifier.0", "logits": "classifier.3",
    ]
    if let name = others[layer] { return name }
    let numbered = layer.hasPrefix("expanded_conv_") ? layer.dropFirst("expanded_conv_".count) : ""
    let digits = numbered.prefix(while: \.isNumber)
    let number = Int(digits) ?? 0
    let part = digits.isEmpty ? numbered : numbered.dropFirst(digits.count + 1)
    guard blocks.indices.contains(number) else { return nil }
    // Blocks without expansion or excitation have fewer parts.
    let depthwise = number == 0 ? 0 : 1
    let excite = depthwise + 1
    let project = blocks[number].isExcited ? excite + 1 : excite
    let places = [
      "expand": "0.0", "expand_bn": "0.1", "depthwise": "\(depthwise).0",
      "depthwise_bn": "\(depthwise).1", "squeeze_excite_conv": "\(excite).fc1",
      "squeeze_excite_conv_1": "\(excite).fc2", "project": "\(project).0",
      "project_bn": "\(project).1",
    ]
    return places[String(part)].map { "features.\(number + 1).block.\($0)" }
  }
}

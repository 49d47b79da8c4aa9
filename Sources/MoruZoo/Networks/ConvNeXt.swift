import MoruLayers

/// A convolutional network with the proportions of a transformer.
extension Architecture {
  static let convNeXts = [convNeXtTiny]

  /// Stages of 3, 3, 9, 3 blocks of 96, 192, 384, 768 channels.
  public static let convNeXtTiny = convNeXt(
    "ConvNeXtTiny", "convnext_tiny", counts: [3, 3, 9, 3], channels: [96, 192, 384, 768])

  private static func convNeXt(
    _ name: String, _ prefix: String, counts: [Int], channels: [Int]
  ) -> Architecture {
    Architecture(
      name, definitions: [.keras, .torchvision], source: "Liu et al. 2022, arXiv:2201.03545",
      preprocessing: { _ in .standardized },
      torchNames: TorchNames { convNeXtModule($0, prefix) }
    ) { input, drawing in
      let total = counts.reduce(0, +)
      var (x, block) = (input, 0)
      for (stage, (count, channels)) in zip(counts, channels).enumerated() {
        let smaller =
          stage == 0 ? stem(channels, prefix) : reduced(channels, prefix, stage - 1)
        x = smaller(x)
        for place in 0..<count {
          // Keras never drops a block; torchvision drops the last one of ten.
          let rate = drawing.isKeras ? 0 : 0.1 * Double(block) / Double(total - 1)
          x = ConvNeXtBlock(
            channels, dropRate: rate, name: "\(prefix)_stage_\(stage)_block_\(place)")(x)
          block += 1
        }
      }
      guard drawing.includeTop else {
        return LayerNormalization(epsilon: 1e-6, name: "layer_normalization")(drawing.pooled(x))
      }
      x = GlobalAveragePooling2D(name: "\(prefix)_head_gap")(x)
      x = LayerNormalization(epsilon: 1e-6, name: "\(prefix)_head_layernorm")(x)
      return Dense(
        drawing.classes, activation: drawing.activation, name: "\(prefix)_head_dense")(x)
    }
  }

  /// A convolution of 4×4 windows side by side.
  private static func stem(_ channels: Int, _ prefix: String) -> Sequential {
    Sequential(name: "\(prefix)_stem") {
      Conv2D(channels, kernel: 4, strides: 4, name: "\(prefix)_stem_conv")
      LayerNormalization(epsilon: 1e-6, name: "\(prefix)_stem_layernorm")
    }
  }

  /// Half the height and width.
  private static func reduced(_ channels: Int, _ prefix: String, _ number: Int) -> Sequential {
    Sequential(name: "\(prefix)_downsampling_block_\(number)") {
      LayerNormalization(epsilon: 1e-6, name: "\(prefix)_downsampling_layernorm_\(number)")
      Conv2D(channels, kernel: 2, strides: 2, name: "\(prefix)_downsampling_conv_\(number)")
    }
  }

  private static func convNeXtModule(_ layer: String, _ prefix: String) -> String? {
    // What follows the means where there is no head.
    if layer == "layer_normalization" { return "classifier.0" }
    let own = String((layer.split(separator: "/").last ?? "").dropFirst(prefix.count + 1))
    let others = [
      "stem_conv": "features.0.0", "stem_layernorm": "features.0.1",
      "head_layernorm": "classifier.0", "head_dense": "classifier.2",
    ]
    if let name = others[own] { return name }
    if let n = own.numbers(in: "downsampling_layernorm_#") { return "features.\(2 * n[0] + 2).0" }
    if let n = own.numbers(in: "downsampling_conv_#") { return "features.\(2 * n[0] + 2).1" }
    let parts = [
      "depthwise_conv": ".block.0", "layernorm": ".block.2", "pointwise_conv_1": ".block.3",
      "pointwise_conv_2": ".block.5", "layer_scale": "",
    ]
    for (part, place) in parts {
      if let n = own.numbers(in: "stage_#_block_#_\(part)") {
        return "features.\(2 * n[0] + 1).\(n[1])\(place)"
      }
    }
    return nil
  }
}

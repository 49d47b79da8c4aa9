import MoruLayers
import MoruTensors

/// Transformers that read a picture as a row of patches of 16×16 pixels.
extension Architecture {
  static let viTs = [viTS16, viTB16]

  /// The small one: 6 heads, 384 features (Touvron et al. 2020, arXiv:2012.12877), as torchvision's
  /// `VisionTransformer` of these sizes, of which it publishes no weights.
  public static let viTS16 = viT("ViT_S16", heads: 6, features: 384)
  /// The base: 12 heads, 768 features.
  public static let viTB16 = viT("ViT_B16", heads: 12, features: 768)

  private static func viT(_ name: String, heads: Int, features: Int) -> Architecture {
    let patch = 16
    return Architecture(
      name, smallest: patch, step: patch, definitions: [.torchvision],
      source: "Dosovitskiy et al. 2020, arXiv:2010.11929",
      preprocessing: { _ in .standardized }, torchNames: TorchNames(module: viTModule)
    ) { input, drawing in
      let patches = (drawing.inputShape[0] / patch) * (drawing.inputShape[1] / patch)
      var x = Conv2D(
        features, kernel: Size2D(patch, patch), strides: Size2D(patch, patch), name: "patches")(
          input)
      x = ClassToken(name: "class_token")(Reshape([patches, features], name: "steps")(x))
      x = PositionEmbedding(
        patches + 1, embeddingsInitializer: .randomNormal(standardDeviation: 0.02),
        name: "position_embedding")(x)
      for number in 1...12 {
        x = TransformerBlock(
          features, heads: heads, hidden: 4 * features, name: "block\(number)")(x)
      }
      x = LayerNormalization(epsilon: 1e-6, name: "norm")(x)
      // The class token has seen the picture.
      x = Cropping1D(Padding1D(0, patches), name: "class_step")(x)
      x = Flatten(name: "features")(x)
      guard drawing.includeTop else { return x }
      return Dense(drawing.classes, activation: drawing.activation, name: "predictions")(x)
    }
  }

  private static func viTModule(_ layer: String) -> String? {
    let others = [
      "patches": "conv_proj", "class_token": "class_token",
      "position_embedding": "encoder.pos_embedding", "norm": "encoder.ln",
      "predictions": "heads.head",
    ]
    if let name = others[layer] { return name }
    let parts = [
      "norm_1": "ln_1", "attention": "self_attention", "norm_2": "ln_2", "hidden": "mlp.0",
      "output": "mlp.3",
    ]
    for (part, place) in parts {
      if let n = layer.numbers(in: "block#_\(part)") {
        return "encoder.layers.encoder_layer_\(n[0] - 1).\(place)"
      }
    }
    return nil
  }
}

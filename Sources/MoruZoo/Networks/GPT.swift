import MoruLayers
import MoruTensors

/// A small transformer that writes text letter by letter: each step gives scores of what comes next.
extension Architecture {
  static let gpts = [gptSmall]

  /// Six blocks of 6 heads and 384 features over 256 steps, a size for letters: the paper's smallest has
  /// 12 blocks of 768 features, and its output shares the tokens' table. `classes` is the number of
  /// different tokens, which inputs count from 0.
  public static let gptSmall = Architecture(
    "GPTSmall", inputShape: [256], inputType: .int32, classes: 65, definitions: [.paper],
    source: "Radford et al. 2019, Language Models are Unsupervised Multitask Learners",
    preprocessing: { _ in .none }
  ) { input, drawing in
    let (features, initializer) = (384, RandomNormal(standardDeviation: 0.02))
    var x = Embedding(
      drawing.classes, features, embeddingsInitializer: initializer, name: "tokens")(input)
    x = PositionEmbedding(
      drawing.inputShape[0], embeddingsInitializer: initializer, name: "positions")(x)
    x = Dropout(0.2, name: "dropout")(x)
    for number in 1...6 {
      x = TransformerBlock(
        features, heads: 6, hidden: 4 * features, isCausal: true, dropout: 0.2, epsilon: 1e-5,
        initializer: initializer, name: "block\(number)")(x)
    }
    x = LayerNormalization(epsilon: 1e-5, name: "norm")(x)
    guard drawing.includeTop else { return drawing.pooled(x) }
    return Dense(
      drawing.classes, activation: drawing.activation, useBias: false,
      kernelInitializer: initializer, name: "predictions")(x)
  }
}

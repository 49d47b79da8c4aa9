import Moru

/// Attention and a feed-forward part, each with a shortcut and then normalized (Vaswani et al. 2017,
/// arXiv:1706.03762), and ten classes from all places.
enum TransformerBlock {
  static let input: Shape = [64, 128]

  static func network() throws -> Model {
    let x = Input(input)
    let attention = MultiHeadAttention(heads: 4, keyDimension: 32)
    let attended = LayerNormalization()(Add()([x, attention([x, x])]))
    let inner = Dense(512, activation: .relu)(attended)
    let block = LayerNormalization()(Add()([attended, Dense(128)(inner)]))
    return try Model(inputs: x, outputs: Dense(10, activation: .softmax)(Flatten()(block)))
  }
}

extension Workload where Self == Training {
  static var transformerBlock: Self {
    Training("Transformer block training", batchSize: 32, optimizer: .adam()) {
      try Samples.classified(20 * 32, TransformerBlock.input)
    } model: {
      try TransformerBlock.network()
    }
  }
}

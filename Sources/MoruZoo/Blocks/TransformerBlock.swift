public import MoruLayers

/// Attention and a network at each step, each after a layer normalization and beside a shortcut:
/// `y = x + attention(norm(x))`, `y + network(norm(y))`.
///
/// - Shapes: `[time, features] → [time, features]`.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762; normalized first as in Xiong et al. 2020,
///   arXiv:2002.04745.
public struct TransformerBlock: Sendable {
  /// Number of features.
  public var features: Int
  /// Number of heads, which divides the features.
  public var heads: Int
  /// Number of units of the network in between.
  public var hidden: Int
  /// Whether a step sees only those up to itself.
  public var isCausal: Bool
  /// Share of what each part makes that is dropped in training.
  public var dropout: Double
  /// What is added to the variance.
  public var epsilon: Double
  /// How the kernels start.
  public var initializer: any Initializer
  /// What the names of the layers begin with.
  public var name: String

  /// A block of so many features.
  public init(
    _ features: Int, heads: Int, hidden: Int, isCausal: Bool = false, dropout: Double = 0,
    epsilon: Double = 1e-6, initializer: any Initializer = .glorotUniform, name: String
  ) {
    self.features = features
    self.heads = heads
    self.hidden = hidden
    self.isCausal = isCausal
    self.dropout = dropout
    self.epsilon = epsilon
    self.initializer = initializer
    self.name = name
  }

  /// Draws the block; heads that do not divide the features are an error of its attention.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    func norm(_ number: Int) -> LayerNormalization {
      LayerNormalization(epsilon: epsilon, name: "\(name)_norm_\(number)")
    }
    func dropped(_ x: Symbol, _ number: Int) -> Symbol {
      dropout > 0 ? Dropout(dropout, name: "\(name)_dropout_\(number)")(x) : x
    }
    let attention = MultiHeadAttention(
      heads: heads, keyDimension: heads > 0 && features % heads == 0 ? features / heads : 0,
      useCausalMask: isCausal,
      kernelInitializer: initializer, name: "\(name)_attention")
    let normal = norm(1)(x)
    let seen = Add(name: "\(name)_add_1")([x, dropped(attention([normal, normal]), 1)])
    let wide = Dense(
      hidden, activation: .gelu, kernelInitializer: initializer, name: "\(name)_hidden")
    let narrow = Dense(features, kernelInitializer: initializer, name: "\(name)_output")
    return Add(name: "\(name)_add_2")([seen, dropped(narrow(wide(norm(2)(seen))), 2)])
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Attention of several heads: for each head `softmax(Q · Kᵀ / √keyDimension) · V`, where Q, K and
/// V are linear functions of the inputs; the heads' results are mixed by a last linear function.
///
/// Called on one input it attends to itself; on two, the query and the value (also the key); on
/// three, query, value and key, in Keras's order. A fourth input, Boolean `[batch, time, steps]`, says
/// which steps each query sees; steps that the value's mask hides are seen by none.
///
/// - Shapes: query `[batch, time, features]`, value `[batch, steps, valueFeatures]`, key `[batch,
///   steps, keyFeatures]` → `[batch, time, outputDimension]`. Weights: `query_kernel`
///   `[features, heads, keyDimension]`, `key_kernel`, `value_kernel` `[…, heads, valueDimension]`,
///   `output_kernel` `[heads, valueDimension, outputDimension]`; biases are the kernels' last axes.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
public struct MultiHeadAttention: MergingLayer {
  public static let kind = "MultiHeadAttention"
  public var identity = Identity()
  public let name: String?
  /// Number of heads, at least 1.
  public let heads: Int
  /// Size of queries and keys of one head, at least 1.
  public let keyDimension: Int
  /// Size of values of one head; `keyDimension` if nil.
  public let valueDimension: Int?
  /// Number of output features; those of the query if nil.
  public let outputDimension: Int?
  /// Probability that a score is dropped in training, at least 0 and below 1.
  public let dropout: Double
  /// Whether the linear functions add biases.
  public let useBias: Bool
  /// Whether each time step sees only itself and earlier ones.
  public let useCausalMask: Bool
  /// How the kernels start.
  public let kernelInitializer: Initializer
  /// How the biases start.
  public let biasInitializer: Initializer
  /// What the kernels add to the loss.
  public let kernelRegularizer: Regularizer?

  /// Attention of some heads with keys of `keyDimension` elements each.
  public init(
    heads: Int, keyDimension: Int, valueDimension: Int? = nil, outputDimension: Int? = nil,
    dropout: Double = 0, useBias: Bool = true, useCausalMask: Bool = false,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, name: String? = nil
  ) {
    self.heads = heads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.outputDimension = outputDimension
    self.dropout = dropout
    self.useBias = useBias
    self.useCausalMask = useCausalMask
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    let attention = HeadAttention(
      kind: Self.kind, heads: heads, keyValueHeads: heads, keyDimension: keyDimension,
      valueDimension: valueDimension ?? keyDimension, outputDimension: outputDimension,
      dropout: dropout, useBias: useBias, useCausalMask: useCausalMask,
      kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer)
    return attention.draw(inputs, in: scope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, heads, keyDimension, valueDimension, outputDimension, dropout, useBias
    case useCausalMask, kernelInitializer, biasInitializer, kernelRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    heads = try fields.positive(.heads)
    keyDimension = try fields.positive(.keyDimension)
    valueDimension = try fields.optional(.valueDimension)
    outputDimension = try fields.optional(.outputDimension)
    dropout = try fields.value(.dropout, default: 0)
    useBias = try fields.value(.useBias, default: true)
    useCausalMask = try fields.value(.useCausalMask, default: false)
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
    guard (0..<1).contains(dropout) else {
      throw fields.outOfRange(.dropout, "at least 0 and below 1, not \(dropout)")
    }
  }
}

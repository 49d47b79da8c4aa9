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
  /// How the kernels start, what they add to the loss, and what they are held to.
  public let kernel: WeightSettings
  /// How the biases start, what they add to the loss, and what they are held to.
  public let bias: WeightSettings
  /// What queries, keys, values and outputs add to the loss, as means over the batch.
  public let projectionRegularizer: (any Regularizer)?

  /// Attention of some heads with keys of `keyDimension` elements each.
  public init(
    heads: Int, keyDimension: Int, valueDimension: Int? = nil, outputDimension: Int? = nil,
    dropout: Double = 0, useBias: Bool = true, useCausalMask: Bool = false,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    self.heads = heads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.outputDimension = outputDimension
    self.dropout = dropout
    self.useBias = useBias
    self.useCausalMask = useCausalMask
    kernel = WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    projectionRegularizer = activityRegularizer
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    let attention = HeadAttention(
      kind: Self.kind, heads: heads, keyValueHeads: heads, keyDimension: keyDimension,
      valueDimension: valueDimension ?? keyDimension, outputDimension: outputDimension,
      dropout: dropout, useBias: useBias, useCausalMask: useCausalMask,
      kernel: kernel, bias: bias, projectionRegularizer: projectionRegularizer)
    return attention.draw(inputs, in: scope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, heads, keyDimension, valueDimension, outputDimension, dropout, useBias
    case useCausalMask, activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("kernel", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    heads = try fields.positive(.heads)
    keyDimension = try fields.positive(.keyDimension)
    valueDimension = try fields.optional(.valueDimension)
    outputDimension = try fields.optional(.outputDimension)
    dropout = try fields.value(.dropout, default: 0)
    useBias = try fields.value(.useBias, default: true)
    useCausalMask = try fields.value(.useCausalMask, default: false)
    kernel = try WeightSettings(decoder, "kernel", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    projectionRegularizer = try fields.regularizer(.activityRegularizer)
    guard (0..<1).contains(dropout) else {
      throw fields.outOfRange(.dropout, "at least 0 and below 1, not \(dropout)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    try kernel.encode(to: encoder, as: "kernel")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(heads, forKey: .heads)
    try container.encode(keyDimension, forKey: .keyDimension)
    try container.encodeIfPresent(valueDimension, forKey: .valueDimension)
    try container.encodeIfPresent(outputDimension, forKey: .outputDimension)
    try container.encode(dropout, forKey: .dropout)
    try container.encode(useBias, forKey: .useBias)
    try container.encode(useCausalMask, forKey: .useCausalMask)
    try container.encodeIfPresent(projectionRegularizer, forKey: .activityRegularizer)
  }
}

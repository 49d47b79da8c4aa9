import MoruArchive
public import MoruGraph
import MoruTensors

/// Attention of several heads of queries that share fewer heads of keys and values: less to keep and
/// to read when texts are generated step by step.
///
/// Queries of head h see keys and values of head `h / (queryHeads / keyValueHeads)`; with as many heads
/// of keys as of queries it is `MultiHeadAttention`, which says what the inputs are.
///
/// - Shapes: query `[batch, time, features]`, value and key `[batch, steps, …]` → `[batch, time,
///   features]`. Weights: `query_kernel` `[features, queryHeads, headDimension]`, `key_kernel` and
///   `value_kernel` `[…, keyValueHeads, headDimension]`, `output_kernel` `[queryHeads, headDimension,
///   features]`; biases are the kernels' last axes.
/// - Source: Ainslie et al. 2023, arXiv:2305.13245.
public struct GroupedQueryAttention: MergingLayer {
  public static let kind = "GroupedQueryAttention"
  public var identity = Identity()
  public let name: String?
  /// Size of queries, keys and values of one head, at least 1.
  public let headDimension: Int
  /// Number of heads of queries.
  public let queryHeads: Int
  /// Number of heads of keys and values, which divides that of queries.
  public let keyValueHeads: Int
  /// Probability that a share is dropped in training, at least 0 and below 1.
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

  /// Attention of `queryHeads` heads that share keys and values.
  public init(
    headDimension: Int, queryHeads: Int, keyValueHeads: Int, dropout: Double = 0,
    useBias: Bool = true, useCausalMask: Bool = false,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    self.headDimension = headDimension
    self.queryHeads = queryHeads
    self.keyValueHeads = keyValueHeads
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
      kind: Self.kind, heads: queryHeads, keyValueHeads: keyValueHeads,
      keyDimension: headDimension, valueDimension: headDimension, outputDimension: nil,
      dropout: dropout, useBias: useBias, useCausalMask: useCausalMask,
      kernel: kernel, bias: bias, projectionRegularizer: projectionRegularizer)
    return attention.draw(inputs, in: scope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, headDimension, queryHeads, keyValueHeads, dropout, useBias, useCausalMask
    case activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("kernel", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    headDimension = try fields.positive(.headDimension)
    queryHeads = try fields.positive(.queryHeads)
    keyValueHeads = try fields.positive(.keyValueHeads)
    dropout = try fields.rate(.dropout)
    useBias = try fields.value(.useBias, default: true)
    useCausalMask = try fields.value(.useCausalMask, default: false)
    kernel = try WeightSettings(decoder, "kernel", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    projectionRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try kernel.encode(to: encoder, as: "kernel")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(headDimension, forKey: .headDimension)
    try container.encode(queryHeads, forKey: .queryHeads)
    try container.encode(keyValueHeads, forKey: .keyValueHeads)
    try container.encode(dropout, forKey: .dropout)
    try container.encode(useBias, forKey: .useBias)
    try container.encode(useCausalMask, forKey: .useCausalMask)
    try container.encodeIfPresent(projectionRegularizer, forKey: .activityRegularizer)
  }
}

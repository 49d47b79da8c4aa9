import MoruArchive
public import MoruGraph
import MoruTensors

/// Attention of several heads: for each head `softmax(Q · Kᵀ / √keyDimension) · V`, where Q, K and
/// V are linear functions of the inputs; the heads' results are mixed by a last linear function.
///
/// Called on one input it attends to itself; on two, the query and the value (also the key); on
/// three, query, value and key, in Keras's order.
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
    if let mismatch = mismatch(inputs) { return .failure(Self.kind, inputs, mismatch) }
    let inputs = inputs.map { $0.floating() }
    let query = inputs[0]
    let value = inputs.count > 1 ? inputs[1] : query
    let key = inputs.count > 2 ? inputs[2] : value
    let valueDimension = valueDimension ?? keyDimension

    // Scaling the queries costs less than scaling the scores.
    let scale = Tensor(1 / Double(keyDimension).squareRoot())
    let queries = split(projected("query", query, to: keyDimension, in: scope) * scale)
    let keys = split(projected("key", key, to: keyDimension, in: scope), isTransposed: true)
    let values = split(projected("value", value, to: valueDimension, in: scope))
    var shares = softmax(masked(matmul(queries, keys)))
    if dropout > 0 { shares = Dropout(dropout).forward(shares, in: scope) }
    let joined = matmul(shares, values).transposed([0, 2, 1, 3])
      .reshaped(to: [query.shape[0], query.shape[1], heads * valueDimension])
    return output(joined, to: outputDimension ?? query.shape[2], valueDimension, in: scope)
  }

  /// `[batch, time, features] → [batch, time, heads · size]`
  private func projected(
    _ name: String, _ x: Tensor, to size: Int, in scope: Scope
  ) -> Tensor {
    let kernel = scope.parameter(
      name + "_kernel", [x.shape[2], heads, size], initializer: kernelInitializer,
      regularizer: kernelRegularizer)
    let y = matmul(x, kernel.reshaped(to: [x.shape[2], heads * size]))
    guard useBias else { return y }
    let bias = scope.parameter(name + "_bias", [heads, size], initializer: biasInitializer)
    return y + bias.reshaped(to: [heads * size])
  }

  private func output(
    _ x: Tensor, to size: Int, _ valueDimension: Int, in scope: Scope
  ) -> Tensor {
    let kernel = scope.parameter(
      "output_kernel", [heads, valueDimension, size], initializer: kernelInitializer,
      regularizer: kernelRegularizer)
    let y = matmul(x, kernel.reshaped(to: [heads * valueDimension, size]))
    guard useBias else { return y }
    return y + scope.parameter("output_bias", [size], initializer: biasInitializer)
  }

  /// `[batch, time, heads · size] → [batch, heads, time, size]`, or with the last two axes swapped.
  private func split(_ x: Tensor, isTransposed: Bool = false) -> Tensor {
    guard x.error == nil else { return x }
    return x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads])
      .transposed(isTransposed ? [0, 2, 3, 1] : [0, 2, 1, 3])
  }

  /// Scores `[batch, heads, time, steps]` so low where they look ahead that softmax gives them 0.
  private func masked(_ scores: Tensor) -> Tensor {
    guard useCausalMask, scores.error == nil else { return scores }
    let grid: Shape = [scores.shape[2], scores.shape[3]]
    let isVisible = Tensor.iota(grid, axis: 0) .>= Tensor.iota(grid, axis: 1)
    return select(isVisible, scores, -1e9)
  }

  private func mismatch(_ inputs: [Tensor]) -> Mismatch? {
    let sizes = [heads, keyDimension, valueDimension ?? 1, outputDimension ?? 1]
    guard sizes.allSatisfy((1...Size2D.limit).contains) else {
      return Mismatch(
        "heads and dimensions are not all between 1 and \(Size2D.limit)",
        "Choose numbers of at least 1.")
    }
    guard (0..<1).contains(dropout) else {
      return Mismatch("its dropout is \(dropout)", "Choose a rate of at least 0, below 1.")
    }
    guard inputs.count <= 3, inputs.allSatisfy({ $0.rank == 3 }) else {
      return Mismatch(
        "its inputs are not one to three sequences",
        "Pass [batch, time, features]: the query, then the value, then the key.")
    }
    let memories = inputs.count > 1 ? inputs[1...] : inputs[...]
    guard inputs.allSatisfy({ $0.shape[0] == inputs[0].shape[0] }),
      memories.allSatisfy({ $0.shape[1] == memories.first?.shape[1] })
    else {
      return Mismatch(
        "batch sizes differ, or value and key differ in time steps",
        "Pass as many keys as values, and one of each for each sample.")
    }
    guard inputs.allSatisfy({ $0.shape.elementCount > 0 }) else {
      return Mismatch("an input has no elements", "Pass at least one step of one feature.")
    }
    return nil
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

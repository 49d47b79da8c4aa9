import MoruGraph
import MoruTensors

/// Attention of several heads, some of which may share keys and values: what multi-head and
/// grouped-query attention have in common.
struct HeadAttention {
  let kind: String
  let heads: Int
  let keyValueHeads: Int
  let keyDimension: Int
  let valueDimension: Int
  let outputDimension: Int?
  let dropout: Double
  let useBias: Bool
  let useCausalMask: Bool
  let kernel: WeightSettings
  let bias: WeightSettings
  let projectionRegularizer: (any Regularizer)?

  /// Draws attention of the query to the value and the key.
  ///
  /// - Parameter inputs: Query, then value, key and mask as far as they are given.
  func draw(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    if let mismatch = mismatch(inputs) { return .failure(kind, inputs, mismatch) }
    let query = inputs[0].floating()
    let value = inputs.count > 1 ? inputs[1].floating() : query
    let key = inputs.count > 2 ? inputs[2].floating() : value
    let mask = AttentionMask(
      isCausal: useCausalMask,
      value: (inputs.count > 1 ? inputs[1...] : inputs[...]).prefix(2).compactMap(scope.mask),
      given: inputs.count > 3 ? inputs[3] : nil)

    // Scaling the queries costs less than scaling the scores.
    let scale = Tensor(1 / Double(keyDimension).squareRoot())
    let queries = split(projected("query", query, heads, keyDimension, in: scope) * scale, heads)
    let keys = split(
      projected("key", key, keyValueHeads, keyDimension, in: scope), keyValueHeads,
      isTransposed: true)
    let values = split(
      projected("value", value, keyValueHeads, valueDimension, in: scope), keyValueHeads)
    guard queries.error == nil else { return queries }
    // Heads that share keys stand in one matrix, one below the other.
    let (batch, time) = (query.shape[0], query.shape[1])
    let shared = heads / keyValueHeads
    func grouped(_ x: Tensor, _ size: Int) -> Tensor {
      x.error == nil ? x.reshaped(to: [batch, keyValueHeads, shared * time, size]) : x
    }
    func single(_ x: Tensor, _ size: Int) -> Tensor {
      x.error == nil ? x.reshaped(to: [batch, heads, time, size]) : x
    }
    let scores = single(matmul(grouped(queries, keyDimension), keys), value.shape[1])
    let shares = scope.dropped(softmax(mask.applied(to: scores)), dropout)
    let seen = single(matmul(grouped(shares, value.shape[1]), values), valueDimension)
    guard seen.error == nil else { return seen }
    let joined = seen.transposed([0, 2, 1, 3])
      .reshaped(to: [batch, time, heads * valueDimension])
    let y = output(joined, to: outputDimension ?? query.shape[2], in: scope)
    if let mask = scope.mask(of: inputs[0]), y.error == nil { scope.setMask(mask, of: y) }
    return y
  }

  /// `[batch, time, features] → [batch, time, heads · size]`
  private func projected(
    _ name: String, _ x: Tensor, _ heads: Int, _ size: Int, in scope: Scope
  ) -> Tensor {
    let kernel = scope.parameter(name + "_kernel", [x.shape[2], heads, size], self.kernel)
    var y = matmul(x, kernel.reshaped(to: [x.shape[2], heads * size]))
    if useBias {
      y += scope.parameter(name + "_bias", [heads, size], bias).reshaped(to: [heads * size])
    }
    scope.penalize(activity: y, projectionRegularizer)
    return y
  }

  private func output(_ x: Tensor, to size: Int, in scope: Scope) -> Tensor {
    let kernel = scope.parameter("output_kernel", [heads, valueDimension, size], self.kernel)
    var y = matmul(x, kernel.reshaped(to: [heads * valueDimension, size]))
    if useBias { y += scope.parameter("output_bias", [size], bias) }
    scope.penalize(activity: y, projectionRegularizer)
    return y
  }

  /// `[batch, time, heads · size] → [batch, heads, time, size]`, or with the last two axes swapped.
  private func split(_ x: Tensor, _ heads: Int, isTransposed: Bool = false) -> Tensor {
    guard x.error == nil else { return x }
    return x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads])
      .transposed(isTransposed ? [0, 2, 3, 1] : [0, 2, 1, 3])
  }

  private func mismatch(_ inputs: [Tensor]) -> Mismatch? {
    let sizes = [heads, keyValueHeads, keyDimension, valueDimension, outputDimension ?? 1]
    guard sizes.allSatisfy((1...sizeLimit).contains) else {
      return Mismatch(
        "heads and dimensions are not all between 1 and \(sizeLimit)",
        "Choose numbers of at least 1.")
    }
    guard heads % keyValueHeads == 0 else {
      return Mismatch(
        "\(heads) heads of queries do not divide into \(keyValueHeads) of keys and values",
        "Choose a number of heads of keys that divides that of queries.")
    }
    guard (0..<1).contains(dropout) else {
      return Mismatch("its dropout is \(dropout)", "Choose a rate of at least 0, below 1.")
    }
    return attentionMismatch(inputs, least: 1)
  }
}

/// What is wrong with the inputs of attention: query, value, key and mask.
func attentionMismatch(_ inputs: [Tensor], least: Int) -> Mismatch? {
  let sequences = inputs.prefix(3)
  guard (least...4).contains(inputs.count), sequences.allSatisfy({ $0.rank == 3 }) else {
    return Mismatch(
      "its inputs are not \(least == 1 ? "one" : "two") to three sequences",
      "Pass [batch, time, features]: the query, then the value, then the key.")
  }
  let memories = sequences.count > 1 ? sequences[1...] : sequences[...]
  guard sequences.allSatisfy({ $0.shape[0] == inputs[0].shape[0] }),
    memories.allSatisfy({ $0.shape[1] == memories.first?.shape[1] })
  else {
    return Mismatch(
      "batch sizes differ, or value and key differ in time steps",
      "Pass as many keys as values, and one of each for each sample.")
  }
  guard least == 1 || inputs[0].shape[2] == memories.last?.shape[2] else {
    return Mismatch(
      "query and key differ in features", "Make them alike, with a Dense layer before one of them.")
  }
  guard sequences.allSatisfy({ $0.shape.elementCount > 0 }) else {
    return Mismatch("an input has no elements", "Pass at least one step of one feature.")
  }
  guard inputs.count == 4, let steps = memories.first?.shape[1] else { return nil }
  let shape: Shape = [inputs[0].shape[0], inputs[0].shape[1], steps]
  guard inputs[3].shape == shape else {
    return Mismatch(
      "its mask has shape \(inputs[3].shape), not \(shape)", "Pass [batch, time, steps].")
  }
  return nil
}

/// Which steps each query of an attention sees.
struct AttentionMask {
  /// Whether a step sees only itself and earlier ones.
  let isCausal: Bool
  /// Masks of value and key, `[batch, steps]`.
  let value: [Tensor]
  /// `[batch, time, steps]`
  let given: Tensor?

  /// Scores `[batch, heads…, time, steps]` so low where nothing is seen that softmax gives them 0.
  func applied(to scores: Tensor) -> Tensor {
    guard scores.error == nil else { return scores }
    let shape = scores.shape
    let (batch, time, steps) = (shape[0], shape[shape.rank - 2], shape[shape.rank - 1])
    let heads = [Int](repeating: 1, count: shape.rank - 3)
    var parts: [Tensor] = []
    if isCausal {
      let grid: Shape = [time, steps]
      parts.append(Tensor.iota(grid, axis: 0) .>= Tensor.iota(grid, axis: 1))
    }
    parts += value.map { $0.reshaped(to: Shape([batch] + heads + [1, steps])) }
    if let given {
      parts.append(given.converted(to: .bool).reshaped(to: Shape([batch] + heads + [time, steps])))
    }
    guard let first = parts.first else { return scores }
    return select(parts.dropFirst().reduce(first) { $0 .& $1 }, scores, -1e9)
  }
}

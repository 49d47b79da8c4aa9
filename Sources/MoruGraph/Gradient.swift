import MoruTensors

/// The gradients of `y`, one floating-point number, with respect to each of `sources`.
///
/// Reverse mode over the graph behind `y`, in terms of primitives, so that gradients have gradients.
/// A source that `y` does not depend on has gradient 0.
///
/// - Returns: One tensor for each source, of its shape; a tensor that carries an error if `y` does,
///   or if `y` is not one floating-point number.
public func gradients(of y: Tensor, at sources: [Tensor]) -> [Tensor] {
  guard y.error == nil else { return sources.map { _ in y } }
  guard y.shape.elementCount == 1, y.dtype.isFloating else {
    let failed = Tensor.failure(.notAScalar(y.type))
    return sources.map { _ in failed }
  }
  return pullback(.ones(y.shape, dtype: y.dtype), of: y, at: sources)
}

/// The cotangents of `sources` that follow from that of `y`; 0 where `y` does not depend on them.
///
/// - Parameter boundary: Tensors behind which nothing is differentiated.
func pullback(
  _ cotangent: Tensor, of y: Tensor, at sources: [Tensor], boundary: [Tensor] = []
) -> [Tensor] {
  var tape = Tape(to: sources, boundary: boundary)
  let slopes = tape.pullback([(y, cotangent)], to: sources)
  return zip(sources, slopes).map { $1 ?? .zeros($0.shape, dtype: $0.dtype) }
}

/// `loss` at `parameters`, what else it returned, and the gradient with respect to every tensor in
/// `parameters`.
///
/// - Parameter parameters: Where to differentiate.
/// - Parameter loss: Returns one number and anything else worth keeping, such as updated state.
/// - Throws: What `loss` throws.
public func valueAndGradient<W: TensorTree, Aux>(
  at parameters: W, _ loss: (W) throws -> (Tensor, Aux)
) rethrows -> (value: Tensor, aux: Aux, gradient: W) {
  let traced = parameters.map { $0.aliased() }
  let (value, aux) = try loss(traced)
  let gradients = gradients(of: value, at: traced.leaves)
  return (value, aux, parameters.replacingLeaves(gradients))
}

extension Tensor {
  /// The value of `self` with a gradient of one's own: `rule` turns its cotangent into those of
  /// `inputs`, in order.
  public func withGradient(
    to inputs: [Tensor], _ rule: @escaping @Sendable (_ cotangent: Tensor) -> [Tensor]
  ) -> Tensor {
    aliased(.custom { cotangent, _ in rule(cotangent) }, others: inputs)
  }
}

/// The bookkeeping of one reverse pass.
struct Tape {
  private let sources: Set<ObjectIdentifier>
  private let boundary: Set<ObjectIdentifier>
  private var cotangents: [Place: Tensor] = [:]

  /// - Parameter boundary: Tensors behind which nothing is differentiated.
  init(to sources: [Tensor], boundary: [Tensor] = []) {
    self.sources = Set(sources.map { ObjectIdentifier($0.vertex) })
    self.boundary = Set(boundary.map { ObjectIdentifier($0.vertex) })
  }

  /// The cotangents of `wanted` that follow from those of some results; nil where they are zero.
  mutating func pullback(
    _ seeds: [(result: Tensor, cotangent: Tensor)], to wanted: [Tensor]
  ) -> [Tensor?] {
    let order = relevantVertices(behind: seeds.map(\.result))
    for (result, cotangent) in seeds { accumulate(cotangent, at: result) }
    for vertex in order.reversed() {
      let results = vertex.types.indices.map { Tensor(vertex, index: $0) }
      let incoming = results.map { cotangents[Place($0)] }
      guard incoming.contains(where: { $0 != nil }) else { continue }
      let outgoing = self.outgoing(of: vertex, results: results, cotangents: incoming)
      for (operand, cotangent) in zip(vertex.inputs, outgoing) {
        if let cotangent, operand.dtype.isFloating { accumulate(cotangent, at: operand) }
      }
    }
    return wanted.map { cotangents[Place($0)] }
  }

  private mutating func accumulate(_ cotangent: Tensor, at tensor: Tensor) {
    let place = Place(tensor)
    cotangents[place] = cotangents[place].map { $0 + cotangent } ?? cotangent
  }

  private func outgoing(
    of vertex: Vertex, results: [Tensor], cotangents: [Tensor?]
  ) -> [Tensor?] {
    switch vertex.operation {
    case .primitive(let primitive):
      return primitive.rule.gradient(
        operands: vertex.inputs, results: results, cotangents: cotangents)
    case .alias(.pass): return cotangents
    case .alias(.softmax): return cotangents + [nil]
    case .alias(.stop): return [nil]
    case .alias(.recomputed(let inputCount)):
      guard let cotangent = cotangents[0] else { return [] }
      return [nil] + recomputedCotangents(cotangent, vertex.inputs, inputCount: inputCount)
    case .alias(.custom(let rule)):
      guard let cotangent = cotangents[0] else { return [] }
      let others = vertex.inputs.dropFirst()
      return [nil] + checked(rule(cotangent, Array(others)), for: others)
    case .placeholder, .literal, .failure: return []
    }
  }

  /// What a rule of the user's gave, as errors where it does not have the inputs' types.
  private func checked(_ slopes: [Tensor], for inputs: ArraySlice<Tensor>) -> [Tensor?] {
    let remedy = "Return one gradient for each input, in order, of the input's own type."
    guard slopes.count == inputs.count else {
      let mismatch = Mismatch(
        "the rule gives \(slopes.count) gradients for \(inputs.count) inputs", remedy)
      return inputs.map { .failure("withGradient", [$0], mismatch) }
    }
    return zip(slopes, inputs).map { slope, input in
      guard slope.type != input.type, slope.error == nil, input.dtype.isFloating else {
        return slope
      }
      return .failure(
        "withGradient", [slope, input], Mismatch("the gradient has another type", remedy))
    }
  }

  /// The vertices between the sources and some results, operands first.
  private func relevantVertices(behind results: [Tensor]) -> [Vertex] {
    var isRelevant: [ObjectIdentifier: Bool] = [:]
    var order: [Vertex] = []
    var stack = results.map { (vertex: $0.vertex, isExpanded: false) }
    while let (vertex, isExpanded) = stack.popLast() {
      let identity = ObjectIdentifier(vertex)
      guard isRelevant[identity] == nil else { continue }
      guard !boundary.contains(identity) else {
        isRelevant[identity] = sources.contains(identity)
        continue
      }
      guard isExpanded else {
        stack.append((vertex, true))
        for input in vertex.inputs where isRelevant[ObjectIdentifier(input.vertex)] == nil {
          stack.append((input.vertex, false))
        }
        continue
      }
      let reaches = vertex.inputs.contains { isRelevant[ObjectIdentifier($0.vertex)] == true }
      isRelevant[identity] = reaches || sources.contains(identity)
      if reaches { order.append(vertex) }
    }
    return order
  }
}

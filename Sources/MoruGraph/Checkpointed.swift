import MoruTensors

/// What `body` computes of `inputs`, computed again when its gradient is wanted: between the two
/// passes only the inputs are kept, not what the body computes on the way.
///
/// Values and gradients are the same, bit for bit, as without; random numbers are drawn again from
/// the same seeds. The repetition costs one more forward pass of the body and begins only when the
/// gradient has come back to its end. What the body reads besides `inputs`, such as parameters,
/// gets its gradient too, but what is computed of nothing else is kept, not repeated: pass seeds as
/// inputs so that dropout's numbers are not kept. A body of several results is repeated for each
/// result that has a gradient.
///
/// ```swift
/// let y = checkpointed([x]) { [block($0[0])] }[0]
/// ```
///
/// - Parameters:
///   - inputs: What the body starts from.
///   - body: Draws the computation; it is called once.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
/// - Source: Chen, Xu, Zhang, Guestrin 2016, arXiv:1604.06174.
public func checkpointed(
  _ inputs: [Tensor], _ body: ([Tensor]) throws -> [Tensor]
) rethrows -> [Tensor] {
  let starts = inputs.map { $0.aliased() }
  return try body(starts).map { result in
    result.error == nil ? result.recomputed(from: starts) : result
  }
}

extension Tensor {
  /// The tensor under a name whose gradient computes it again.
  ///
  /// - Parameter starts: Vertices of their own, behind which nothing is computed again.
  func recomputed(from starts: [Tensor]) -> Tensor {
    let region = Region(from: starts, to: self)
    return aliased(.recomputed(inputCount: starts.count), others: starts + region.captured)
  }
}

/// The cotangents of what a checkpointed result follows from.
///
/// - Parameters:
///   - operands: The result; its `inputCount` inputs; what else it is computed from.
func recomputedCotangents(
  _ cotangent: Tensor, _ operands: [Tensor], inputCount: Int
) -> [Tensor] {
  let starts = Array(operands[1..<1 + inputCount])
  let region = Region(from: starts, to: operands[0])
  // Only the inputs wait: everything that is repeated depends on one of them.
  let held = starts.map { Tensor.applyAll(.barrier(Barrier()), [$0, cotangent])[0] }
  let sources = held + operands[(inputCount + 1)...].map { $0.aliased() }
  return pullback(cotangent, of: region.redrawn(from: sources), at: sources, boundary: sources)
}

/// The part of a graph between some tensors and one that is computed of them.
private struct Region {
  private let inputs: [Tensor]
  private let result: Tensor
  /// The vertices that depend on the inputs, operands first.
  private let vertices: [Vertex]
  /// What else they read.
  let captured: [Tensor]

  /// - Parameter inputs: Vertices of their own, behind which the region ends.
  init(from inputs: [Tensor], to result: Tensor) {
    self.inputs = inputs
    self.result = result
    let starts = Set(inputs.map { ObjectIdentifier($0.vertex) })
    var isInside: [ObjectIdentifier: Bool] = [:]
    var vertices: [Vertex] = []
    var stack: [(vertex: Vertex, isExpanded: Bool)] = [(result.vertex, false)]
    while let (vertex, isExpanded) = stack.popLast() {
      let identity = ObjectIdentifier(vertex)
      guard isInside[identity] == nil, !starts.contains(identity) else { continue }
      guard isExpanded else {
        stack.append((vertex, true))
        for input in vertex.inputs { stack.append((input.vertex, false)) }
        continue
      }
      isInside[identity] = vertex.inputs.contains { input in
        let source = ObjectIdentifier(input.vertex)
        return starts.contains(source) || isInside[source] == true
      }
      if isInside[identity] == true { vertices.append(vertex) }
    }
    self.vertices = vertices

    var known = starts
    known.formUnion(vertices.map { ObjectIdentifier($0) })
    var seen: Set<Place> = []
    captured = (vertices.flatMap(\.inputs) + [result]).filter { tensor in
      !known.contains(ObjectIdentifier(tensor.vertex)) && tensor.dtype.isFloating
        && seen.insert(Place(tensor)).inserted
    }
  }

  /// The result, drawn anew from others in place of `inputs` and `captured`.
  func redrawn(from sources: [Tensor]) -> Tensor {
    var drawn: [Place: Tensor] = [:]
    for (old, new) in zip(inputs + captured, sources) { drawn[Place(old)] = new }
    for vertex in vertices {
      let copy = Vertex(
        vertex.operation, inputs: vertex.inputs.map { drawn[Place($0)] ?? $0 },
        types: vertex.types, isWeak: vertex.isWeak)
      for index in vertex.types.indices {
        drawn[Place(Tensor(vertex, index: index))] = Tensor(copy, index: index)
      }
    }
    return drawn[Place(result)] ?? result
  }
}

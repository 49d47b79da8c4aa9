/// Draws tensors anew, some of their operations in another way; what depends on none of these stays
/// the same tensor.
///
/// One value draws all tensors of a model, so that what these share is drawn once. Rules that users
/// give to `withGradient` are kept; what they capture themselves stays as it is. Loops and
/// checkpointed blocks are drawn anew inside.
struct Redrawing {
  /// What stands for the results of each vertex.
  private var redrawn: [ObjectIdentifier: [Tensor]] = [:]
  /// Keeps the vertices that are known alive.
  private var sources: [Tensor] = []

  /// How some operations are drawn in another way.
  struct Rule {
    /// The results of a vertex on new inputs; nil for those it has anyway.
    var results: (_ vertex: Vertex, _ inputs: [Tensor]) -> [Tensor]? = { _, _ in nil }
    /// What stands for a value, given its place before and what it is now.
    var value: (_ place: Place, _ redrawn: Tensor) -> Tensor = { $1 }
  }

  /// A tensor of the same type, drawn anew.
  mutating func redrawing(_ tensor: Tensor, _ rule: Rule) -> Tensor {
    sources.append(tensor)
    var stack = [(vertex: tensor.vertex, isExpanded: false)]
    while let (vertex, isExpanded) = stack.popLast() {
      guard redrawn[ObjectIdentifier(vertex)] == nil else { continue }
      if isExpanded {
        let inputs = vertex.inputs.map { known($0) }
        let results = rule.results(vertex, inputs) ?? redraw(vertex, on: inputs, rule)
        redrawn[ObjectIdentifier(vertex)] = results.enumerated().map {
          rule.value(Place(vertex, $0), $1)
        }
      } else {
        stack.append((vertex, true))
        for input in vertex.inputs { stack.append((input.vertex, false)) }
      }
    }
    return known(tensor)
  }

  private func known(_ tensor: Tensor) -> Tensor {
    redrawn[ObjectIdentifier(tensor.vertex)]?[tensor.index] ?? tensor
  }

  /// The results of a vertex, drawn on other inputs.
  private mutating func redraw(
    _ vertex: Vertex, on inputs: [Tensor], _ rule: Rule
  ) -> [Tensor] {
    switch vertex.operation {
    case .primitive(.scan(let loop)):
      if let drawing = loop.drawing { return redraw(loop, drawing, on: inputs, rule) }
    case .alias(.recomputed(let inputCount)):
      return [inputs[0].recomputed(from: Array(inputs[1..<1 + inputCount]))]
    default: break
    }
    return vertex.results(on: inputs)
  }

  /// A loop whose results stand at the same places: values that it offers beside its outputs are
  /// asked for as outputs.
  private mutating func redraw(
    _ loop: Scan, _ drawing: LoopDrawing, on inputs: [Tensor], _ rule: Rule
  ) -> [Tensor] {
    let (carried, given) = (loop.carryCount, loop.carryCount + loop.sequenceCount)
    let results = drawing.results.map { redrawing($0, rule) }
    let parts = Scan.Parts(
      initial: Array(inputs[..<carried]), carries: Array(drawing.inputs[..<carried]),
      next: Array(results[..<carried]), sequences: Array(inputs[carried..<given]),
      slices: Array(drawing.inputs[carried..<given]), outputs: Array(results[carried...]))
    let drawn = Scan.draw(parts, length: loop.length, isReversed: loop.isReversed)
    return drawn.carries + drawn.outputs
  }
}

extension Vertex {
  /// The results of the same operation on other inputs; of the same vertex if they are its own.
  func results(on inputs: [Tensor]) -> [Tensor] {
    let isSame = zip(inputs, self.inputs).allSatisfy { Place($0) == Place($1) }
    let copy = isSame ? self : Vertex(operation, inputs: inputs, types: types, isWeak: isWeak)
    return types.indices.map { Tensor(copy, index: $0) }
  }
}

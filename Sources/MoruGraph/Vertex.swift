import MoruTensors

/// A node of the immutable graph that tensors draw: an operation and the tensors it reads.
///
/// Unchecked because `inputs` is a `var`: it is written once more, by `deinit`, when no other
/// reference is left.
final class Vertex: @unchecked Sendable {
  enum Operation: Sendable {
    /// A value given from outside when the program runs.
    case placeholder
    /// A number from source code, whose element type follows that of its neighbour.
    case literal(Double)
    case primitive(Primitive)
    /// The first input under another gradient; executors never see it.
    case alias(GradientBehavior)
    case failure(GraphError)
  }

  let operation: Operation
  private(set) var inputs: [Tensor]
  let types: [TensorType]
  /// Whether the element type was never asked for: literals and what is computed of them alone.
  let isWeak: Bool

  init(_ operation: Operation, inputs: [Tensor] = [], types: [TensorType], isWeak: Bool = false) {
    self.operation = operation
    self.inputs = inputs
    self.types = types
    self.isWeak = isWeak
  }

  /// The inputs that the value is computed from: of an alias the first, of which it is another name.
  var computed: ArraySlice<Tensor> {
    if case .alias = operation { inputs.prefix(1) } else { inputs[...] }
  }

  /// Releases the graph behind this vertex in a loop: recursion would overflow the stack on graphs
  /// of some ten thousand operations in a row.
  deinit {
    var pending = inputs.map(\.vertex)
    inputs = []
    while var vertex = pending.popLast() {
      guard isKnownUniquelyReferenced(&vertex) else { continue }
      pending.append(contentsOf: vertex.inputs.map(\.vertex))
      vertex.inputs = []
    }
  }
}

/// Which of a vertex's values a tensor is.
package struct Place: Hashable {
  let vertex: ObjectIdentifier
  let index: Int

  init(_ vertex: Vertex, _ index: Int) {
    self.vertex = ObjectIdentifier(vertex)
    self.index = index
  }

  package init(_ tensor: Tensor) { self.init(tensor.vertex, tensor.index) }
}

/// What reverse mode does at an alias.
enum GradientBehavior: Sendable {
  case pass
  case stop
  /// The first input is the softmax of the second, the logits, over the last axis.
  case softmax
  /// The first input is computed again from the next `inputCount`, and from the rest.
  case recomputed(inputCount: Int)
  /// The alias's first input is the value; the rule makes the gradients of the others, given them.
  case custom(@Sendable (_ cotangent: Tensor, _ others: [Tensor]) -> [Tensor])
}

import MoruTensors

/// The body of a loop as it was drawn, with what it reads from outside: what its gradient is made
/// of, custom and stopped gradients included.
struct LoopDrawing: Sendable {
  /// Carries, slices and constants, in the order of the loop's operands. Constants are the outside
  /// tensors themselves.
  let inputs: [Tensor]
  /// The next carries, the outputs, and every other value that depends on carries or slices: a
  /// gradient may read it, and graphs leave out what is not read.
  let results: [Tensor]
  /// Where a value of the body stands among the results, as an output.
  let places: [Place: Int]

  /// - Parameters:
  ///   - carries: What stands for the carries inside the body.
  ///   - slices: What stands for the slices.
  ///   - next: The next carries.
  ///   - outputs: What is stacked.
  init(carries: [Tensor], slices: [Tensor], next: [Tensor], outputs: [Tensor]) {
    let walk = LoopWalk(behind: next + outputs, given: carries + slices)
    inputs = carries + slices + walk.constants
    var results = next + outputs
    var places: [Place: Int] = [:]
    for (index, output) in outputs.enumerated() where places[Place(output.unaliased)] == nil {
      places[Place(output.unaliased)] = next.count + index
    }
    for value in carries + walk.values where places[Place(value)] == nil {
      places[Place(value)] = results.count
      results.append(value)
    }
    self.results = results
    self.places = places
  }

  /// The drawing of a body that is known as a graph.
  init(_ scan: Scan) {
    let given = scan.body.inputTypes.map { Tensor.placeholder($0) }
    let results = scan.body.drawn(on: given)
    let carried = scan.carryCount
    self.init(
      carries: Array(given[..<carried]), slices: Array(given[carried...]),
      next: Array(results[..<carried]), outputs: Array(results[carried...]))
  }
}

/// What a loop's body consists of.
private struct LoopWalk {
  /// Values computed from what the loop gives, operands first; other names of a value are left out.
  private(set) var values: [Tensor] = []
  /// Tensors of the world outside that the body reads.
  private(set) var constants: [Tensor] = []
  private var known: Set<Place> = []
  private let dependence: Dependence

  init(behind results: [Tensor], given: [Tensor]) {
    dependence = Dependence(behind: results, on: given)
    for vertex in dependence.order {
      if case .alias = vertex.operation {
      } else {
        values += vertex.types.indices.map { Tensor(vertex, index: $0) }
      }
      for input in vertex.inputs { capture(input) }
    }
    for result in results { capture(result) }
  }

  /// Notes an outside tensor. Numbers and what only shows other tensors stay in the body, where
  /// executors see that a value repeats.
  private mutating func capture(_ tensor: Tensor) {
    var tensor = tensor
    while !dependence.holds(tensor), known.insert(Place(tensor)).inserted {
      switch tensor.vertex.operation {
      case .literal: return
      case .primitive(.constant(let value)) where value.count == 1: return
      case .primitive(.broadcast), .primitive(.reshape), .primitive(.transpose):
        tensor = tensor.vertex.inputs[0]
      default:
        constants.append(tensor)
        return
      }
    }
  }
}

/// Which vertices behind some tensors depend on given ones.
struct Dependence {
  /// The vertices that do, operands first, without the given ones.
  private(set) var order: [Vertex] = []
  private var isDependent: [ObjectIdentifier: Bool] = [:]

  init(behind results: [Tensor], on given: [Tensor]) {
    for tensor in given { isDependent[ObjectIdentifier(tensor.vertex)] = true }
    var stack = results.reversed().map { (vertex: $0.vertex, isExpanded: false) }
    while let (vertex, isExpanded) = stack.popLast() {
      let identity = ObjectIdentifier(vertex)
      guard isDependent[identity] == nil else { continue }
      guard isExpanded else {
        stack.append((vertex, true))
        for input in vertex.inputs.reversed()
        where isDependent[ObjectIdentifier(input.vertex)] == nil {
          stack.append((input.vertex, false))
        }
        continue
      }
      let depends = vertex.inputs.contains { holds($0) }
      isDependent[identity] = depends
      if depends { order.append(vertex) }
    }
  }

  /// Whether a tensor depends on a given one, or is one.
  func holds(_ tensor: Tensor) -> Bool { isDependent[ObjectIdentifier(tensor.vertex)] ?? false }
}

extension Graph {
  /// The results as tensors that are computed from `inputs`.
  func drawn(on inputs: [Tensor]) -> [Tensor] {
    var tensors = Dictionary(uniqueKeysWithValues: zip(self.inputs, inputs))
    for node in nodes {
      let made = Tensor.applyAll(node.primitive, node.operands.compactMap { tensors[$0] })
      for (value, tensor) in zip(node.results, made) { tensors[value] = tensor }
    }
    return results.compactMap { tensors[$0] }
  }
}

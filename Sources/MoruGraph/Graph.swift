import MoruTensors

/// A computation with static shapes: a list of primitives in an order in which each finds its
/// operands computed.
///
/// Values are numbered: first the inputs, then the resident values, then the results of each node.
public struct Graph: Hashable, Sendable {
  /// The number of a value.
  public typealias Value = Int

  /// A primitive, what it reads and what it makes.
  public struct Node: Hashable, Sendable {
    /// What is computed.
    public let primitive: Primitive
    /// The values it reads.
    public let operands: [Value]
    /// The values it makes.
    public let results: [Value]

    /// A primitive, what it reads and what it makes.
    public init(_ primitive: Primitive, operands: [Value], results: [Value]) {
      self.primitive = primitive
      self.operands = operands
      self.results = results
    }
  }

  /// A resident value that a run replaces.
  public struct Update: Hashable, Sendable {
    /// Place in `resident`.
    public let resident: Int
    /// What it becomes.
    public let value: Value

    /// A resident value that a run replaces.
    public init(resident: Int, value: Value) {
      self.resident = resident
      self.value = value
    }
  }

  /// Type of each value.
  public let types: [TensorType]
  /// Values given anew for each run.
  public let inputs: [Value]
  /// Values that live on the executor between runs: parameters, moments, whole data sets.
  public let resident: [Value]
  /// What is computed, operands first.
  public let nodes: [Node]
  /// Values that a run returns.
  public let results: [Value]
  /// Resident values that a run replaces; all are read before any is replaced.
  public let updates: [Update]

  /// A graph that is known to be well formed; `verify()` checks it.
  public init(
    types: [TensorType], inputs: [Value], resident: [Value], nodes: [Node], results: [Value],
    updates: [Update]
  ) {
    self.types = types
    self.inputs = inputs
    self.resident = resident
    self.nodes = nodes
    self.results = results
    self.updates = updates
  }

  /// The graph that computes `results` and the new values of `resident`.
  ///
  /// - Parameters:
  ///   - inputs: Placeholders whose values are given for each run.
  ///   - resident: Placeholders whose values live on the executor.
  ///   - results: What a run returns.
  ///   - updates: For some places in `resident` the value they get after the run; one that is
  ///     the resident value itself is left out.
  /// - Throws: `GraphError`: the errors that tensors behind the results carry, or `unbound`.
  public init(
    inputs: [Tensor] = [], resident: [Tensor] = [], results: [Tensor],
    updates: [Int: Tensor] = [:]
  ) throws(GraphError) {
    var builder = GraphBuilder()
    self.inputs = inputs.map { builder.declare($0) }
    self.resident = resident.map { builder.declare($0) }
    let ordered = updates.sorted { $0.key < $1.key }
    let values = try builder.values(of: results + ordered.map(\.value))
    self.results = Array(values[..<results.count])
    let resident = self.resident
    self.updates = zip(ordered, values[results.count...]).compactMap { update, value in
      let isUnchanged = resident.indices.contains(update.key) && resident[update.key] == value
      return isUnchanged ? nil : Update(resident: update.key, value: value)
    }
    self.types = builder.types
    self.nodes = builder.nodes
    try verify()
  }

  /// The types of the inputs, in order.
  public var inputTypes: [TensorType] { inputs.map { types[$0] } }

  /// The types of the results, in order.
  public var resultTypes: [TensorType] { results.map { types[$0] } }
}

/// Puts the vertices behind some tensors into a line.
private struct GraphBuilder {
  var types: [TensorType] = []
  var nodes: [Graph.Node] = []
  private var numbers: [Place: Graph.Value] = [:]
  private var errors: [GraphError] = []

  private mutating func number(_ type: TensorType) -> Graph.Value {
    types.append(type)
    return types.count - 1
  }

  mutating func declare(_ placeholder: Tensor) -> Graph.Value {
    let value = number(placeholder.type)
    numbers[Place(placeholder)] = value
    return value
  }

  mutating func values(of tensors: [Tensor]) throws(GraphError) -> [Graph.Value] {
    for entry in live(vertices(behind: tensors), for: tensors) { number(entry) }
    guard let first = errors.first else { return tensors.compactMap { numbers[Place($0)] } }
    throw errors.count == 1 ? first : .several(errors)
  }

  /// The vertices behind some tensors, found in a loop, operands first.
  private func vertices(behind tensors: [Tensor]) -> [Vertex] {
    var visited: Set<ObjectIdentifier> = []
    var order: [Vertex] = []
    for tensor in tensors where numbers[Place(tensor)] == nil {
      var stack = [(vertex: tensor.vertex, isExpanded: false)]
      while let (vertex, isExpanded) = stack.popLast() {
        if isExpanded {
          order.append(vertex)
        } else if visited.insert(ObjectIdentifier(vertex)).inserted {
          stack.append((vertex, true))
          for input in vertex.computed.reversed() where numbers[Place(input)] == nil {
            stack.append((input.vertex, false))
          }
        }
      }
    }
    return order
  }

  /// A vertex that becomes a node, with the part of a loop that is read.
  private struct Entry {
    let vertex: Vertex
    var loop: Scan.Trimmed?
  }

  /// The vertices that the results depend on: a loop offers more values than are read.
  private func live(_ order: [Vertex], for results: [Tensor]) -> [Entry] {
    var isRead = Set(results.map(Place.init))
    var entries: [Entry] = []
    for vertex in order.reversed() {
      let reads = vertex.types.indices.map { isRead.contains(Place(vertex, $0)) }
      guard reads.contains(true) else { continue }
      var entry = Entry(vertex: vertex)
      if case .primitive(.scan(let loop)) = vertex.operation {
        let trimmed = loop.trimmed(toResults: reads)
        entry.loop = trimmed
        for operand in trimmed.operands { isRead.insert(Place(vertex.inputs[operand])) }
      } else {
        for input in vertex.computed { isRead.insert(Place(input)) }
      }
      entries.append(entry)
    }
    return entries.reversed()
  }

  private mutating func number(_ entry: Entry) {
    let vertex = entry.vertex
    switch vertex.operation {
    case .primitive(let primitive):
      let operands = entry.loop?.operands ?? Array(vertex.inputs.indices)
      let results = entry.loop?.results ?? Array(vertex.types.indices)
      append(
        entry.loop.map { .scan($0.scan) } ?? primitive, operands.map { vertex.inputs[$0] },
        results.map { Tensor(vertex, index: $0) })
    case .literal(let value):
      append(.constant(HostTensor(Float(value))), [], [Tensor(vertex)])
    case .alias: numbers[Place(vertex, 0)] = numbers[Place(vertex.inputs[0])]
    case .placeholder: fail(.unbound(vertex.types[0]), at: vertex)
    case .failure(let error): fail(error, at: vertex)
    }
  }

  private mutating func append(_ primitive: Primitive, _ operands: [Tensor], _ results: [Tensor]) {
    let read = operands.compactMap { numbers[Place($0)] }
    let made = results.map { number($0.type) }
    nodes.append(Graph.Node(primitive, operands: read, results: made))
    for (result, value) in zip(results, made) { numbers[Place(result)] = value }
  }

  /// Numbers the culprit all the same, so that every error behind the results is found.
  private mutating func fail(_ error: GraphError, at vertex: Vertex) {
    if !errors.contains(error) { errors.append(error) }
    numbers[Place(vertex, 0)] = 0
  }
}

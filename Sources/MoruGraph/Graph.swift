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
  private struct Place: Hashable {
    let vertex: ObjectIdentifier
    let index: Int
  }

  var types: [TensorType] = []
  var nodes: [Graph.Node] = []
  private var numbers: [Place: Graph.Value] = [:]
  private var errors: [GraphError] = []

  private func place(_ tensor: Tensor) -> Place {
    Place(vertex: ObjectIdentifier(tensor.vertex), index: tensor.index)
  }

  private mutating func number(_ type: TensorType) -> Graph.Value {
    types.append(type)
    return types.count - 1
  }

  mutating func declare(_ placeholder: Tensor) -> Graph.Value {
    let value = number(placeholder.type)
    numbers[place(placeholder)] = value
    return value
  }

  mutating func values(of tensors: [Tensor]) throws(GraphError) -> [Graph.Value] {
    for tensor in tensors { emit(behind: tensor.vertex) }
    guard let first = errors.first else { return tensors.compactMap { numbers[place($0)] } }
    throw errors.count == 1 ? first : .several(errors)
  }

  /// Numbers the vertices behind `root` in a loop, operands first.
  private mutating func emit(behind root: Vertex) {
    var visited: Set<ObjectIdentifier> = []
    var stack: [(vertex: Vertex, isExpanded: Bool)] = [(root, false)]
    while let (vertex, isExpanded) = stack.popLast() {
      let identity = ObjectIdentifier(vertex)
      guard numbers[Place(vertex: identity, index: 0)] == nil else { continue }
      if isExpanded {
        number(vertex)
      } else if visited.insert(identity).inserted {
        stack.append((vertex, true))
        for input in vertex.computed.reversed() { stack.append((input.vertex, false)) }
      }
    }
  }

  private mutating func number(_ vertex: Vertex) {
    let identity = ObjectIdentifier(vertex)
    func append(_ primitive: Primitive) {
      let operands = vertex.inputs.compactMap { numbers[place($0)] }
      let results = vertex.types.map { number($0) }
      nodes.append(Graph.Node(primitive, operands: operands, results: results))
      for (index, value) in results.enumerated() {
        numbers[Place(vertex: identity, index: index)] = value
      }
    }
    switch vertex.operation {
    case .primitive(let primitive): append(primitive)
    case .literal(let value): append(.constant(HostTensor(Float(value))))
    case .alias: numbers[Place(vertex: identity, index: 0)] = numbers[place(vertex.inputs[0])]
    case .placeholder: fail(.unbound(vertex.types[0]), at: identity)
    case .failure(let error): fail(error, at: identity)
    }
  }

  /// Numbers the culprit all the same, so that every error behind the results is found.
  private mutating func fail(_ error: GraphError, at identity: ObjectIdentifier) {
    if !errors.contains(error) { errors.append(error) }
    numbers[Place(vertex: identity, index: 0)] = 0
  }
}

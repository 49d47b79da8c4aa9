public import MoruTensors

/// Something that computes graphs: the reference, the processor, an accelerator.
///
/// Work is done on the executor's own threads, in the order in which it is asked for.
public protocol Executor: Sendable {
  /// A short name for messages and records: `cpu`, `reference`.
  var name: String { get }

  /// Puts values into the executor's memory, to stay there until released.
  func place(_ values: [HostTensor]) async throws -> [any Resident]

  /// Puts values into the executor's memory, each written there by its source.
  func place(_ sources: [ValueSource]) async throws -> [any Resident]

  /// The present values of `residents`.
  func read(_ residents: [any Resident]) async throws -> [HostTensor]

  /// Replaces the values of `residents` by values of the same types.
  ///
  /// - Throws: `GraphError.resident` if a type differs; then nothing is replaced.
  func write(_ values: [HostTensor], to residents: [any Resident]) async throws

  /// A program that computes `graph`, bound to `resident` in the order of the graph's own list.
  ///
  /// Several programs may share a resident value: each sees the others' updates.
  func compile(_ graph: Graph, resident: [any Resident]) async throws -> any Program

  /// Computes a graph without inputs and resident values once.
  func run(_ graph: Graph) async throws -> [HostTensor]
}

/// A value that lives in an executor's memory. Only its executor can read it.
public protocol Resident: AnyObject, Sendable {
  /// Element type and shape.
  var type: TensorType { get }
}

/// A compiled graph.
public protocol Program: Sendable {
  /// The graph that was compiled.
  var graph: Graph { get }

  /// Runs the graph once for each entry of `steps` (the inputs of that run) and returns the results
  /// of each. Many steps in one call save the way to the executor's thread.
  ///
  /// - Throws: `GraphError.inputs` if inputs have other types than the graph's; then nothing runs.
  func run(steps: [[HostTensor]]) async throws -> [[HostTensor]]
}

extension Program {
  /// Runs the graph once.
  public func run(_ inputs: [HostTensor] = []) async throws -> [HostTensor] {
    try await run(steps: [inputs]).first ?? []
  }

  /// Checks the types of the inputs of each step.
  public func check(_ steps: [[HostTensor]]) throws(GraphError) {
    let expected = graph.inputTypes
    for inputs in steps
    where inputs.count != expected.count || !zip(inputs, expected).allSatisfy({ $0.type == $1 }) {
      throw .inputs(expected: expected, found: inputs.map(\.type))
    }
  }
}

extension Executor {
  /// Puts values into the executor's memory by way of the host's, one after the other.
  public func place(_ sources: [ValueSource]) async throws -> [any Resident] {
    var residents: [any Resident] = []
    for source in sources { residents += try await place([source.value()]) }
    return residents
  }

  /// Compiles a graph without resident values.
  public func compile(_ graph: Graph) async throws -> any Program {
    try await compile(graph, resident: [])
  }

  /// Compiles and runs.
  public func run(_ graph: Graph) async throws -> [HostTensor] {
    try await compile(graph).run()
  }

  /// The values of some tensors that depend on constants alone.
  public func values(of tensors: [Tensor]) async throws -> [HostTensor] {
    try await run(Graph(results: tensors))
  }
}

extension Tensor {
  /// The value, computed on an executor; the tensor must depend on constants alone.
  ///
  /// - Throws: `GraphError`: the error the tensor carries, or `unbound` inside a traced function.
  public func value(on executor: any Executor) async throws -> HostTensor {
    if let constant { return constant }
    return try await executor.values(of: [self])[0]
  }
}

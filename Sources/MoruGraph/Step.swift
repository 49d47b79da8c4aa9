public import MoruTensors

/// A function that is traced and compiled once for each shape of its inputs, with state that stays
/// on the executor between calls.
public actor Step<State: TensorTree, each In: TensorTree, Out: TensorTree> {
  /// What is traced: changes the state, given inputs.
  public typealias Body = @Sendable (inout State, repeat each In) throws -> Out

  private struct Compiled {
    let program: any Program
    let result: Out
  }

  private let initial: State
  private let body: Body
  private let executor: any Executor
  private var resident: [any Resident]?
  private var programs: [[TensorType]: Compiled] = [:]

  init(state: State, executor: any Executor, body: @escaping Body) {
    self.initial = state
    self.executor = executor
    self.body = body
  }

  /// Runs the function and keeps the changed state.
  ///
  /// - Parameter inputs: Constants, or tensors that depend on constants alone.
  /// - Throws: `GraphError` if operations do not fit, and what the body throws.
  public func callAsFunction(_ inputs: repeat each In) async throws -> Out {
    let values = try await values(of: leaves(of: repeat each inputs))
    let compiled = try await compiled(for: repeat each inputs, types: values.map(\.type))
    let results = try await compiled.program.run(values)
    return compiled.result.replacingLeaves(results.map { Tensor($0) })
  }

  /// The program that a call with such inputs runs, and the inputs as it is given them: to explain
  /// and to time it.
  ///
  /// - Throws: As a call does; nothing is run.
  public func program(
    for inputs: repeat each In
  ) async throws -> (program: any Program, inputs: [HostTensor]) {
    let values = try await values(of: leaves(of: repeat each inputs))
    return (
      try await compiled(for: repeat each inputs, types: values.map(\.type)).program, values
    )
  }

  /// The present state, as constants.
  public func snapshot() async throws -> State {
    let values = try await executor.read(placedState())
    return initial.replacingLeaves(values.map { Tensor($0) })
  }

  private func leaves(of inputs: repeat each In) -> [Tensor] {
    var leaves: [Tensor] = []
    for input in repeat each inputs { leaves += input.leaves }
    return leaves
  }

  private func values(of leaves: [Tensor]) async throws -> [HostTensor] {
    let constants = leaves.compactMap(\.constant)
    return constants.count == leaves.count ? constants : try await executor.values(of: leaves)
  }

  private func placedState() async throws -> [any Resident] {
    if let resident { return resident }
    let placed = try await executor.place(values(of: initial.leaves))
    // Another call may have placed the state meanwhile; the first one counts.
    if let resident { return resident }
    resident = placed
    return placed
  }

  private func compiled(
    for inputs: repeat each In, types: [TensorType]
  ) async throws -> Compiled {
    if let known = programs[types] { return known }
    let resident = try await placedState()
    var placeholders = types.map { Tensor.placeholder($0) }
    let traced = placeholders
    func next<T: TensorTree>(_ input: T) -> T {
      input.map { _ in placeholders.removeFirst() }
    }
    let before = resident.map { Tensor.placeholder($0.type) }
    var state = initial.replacingLeaves(before)
    let result = try body(&state, repeat next(each inputs))
    let after = state.leaves
    guard after.count == before.count else {
      throw GraphError.malformed("the step changed the number of tensors in its state")
    }
    let updates = Dictionary(uniqueKeysWithValues: after.enumerated().map { ($0, $1) })
    let graph = try Graph(
      inputs: traced, resident: before, results: result.leaves, updates: updates)
    let program = try await executor.compile(graph, resident: resident)
    let compiled = Compiled(program: program, result: result)
    programs[types] = compiled
    return compiled
  }
}

/// A step function that is compiled once for each shape of its inputs and keeps its state on the
/// executor.
///
/// - Parameters:
///   - state: What the function starts from: parameters, optimizer moments.
///   - executor: Where it runs.
///   - body: Changes the state, given inputs; it is called to be traced, once for each shape.
public func compiled<State: TensorTree, each In: TensorTree, Out: TensorTree>(
  state: State, on executor: any Executor,
  _ body: @escaping @Sendable (inout State, repeat each In) throws -> Out
) -> Step<State, repeat each In, Out> {
  Step(state: state, executor: executor, body: body)
}

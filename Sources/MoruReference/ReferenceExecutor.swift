import Dispatch
public import MoruGraph
public import MoruTensors
import Synchronization

/// The slow, readable executor that every other one is compared with.
///
/// Each primitive is a plain loop over the elements, computed in the tensor's own type; sums of
/// Float32 products are kept in Float64. Work runs on one thread of its own, in order.
public actor ReferenceExecutor: Executor {
  /// The type in which Float32 graphs are computed.
  public enum Precision: Sendable {
    /// As the graph says: Float32 values are rounded after each operation.
    case declared
    /// Float64 between inputs and results, to tell rounding from wrong answers.
    case float64
  }

  /// Values that live between runs.
  private final class Held: Resident {
    let type: TensorType
    let owner: ReferenceExecutor
    let value: Mutex<HostTensor>

    init(_ value: HostTensor, owner: ReferenceExecutor) {
      self.type = value.type
      self.owner = owner
      self.value = Mutex(value)
    }
  }

  private struct Compiled: Program {
    let graph: Graph
    let resident: [Held]
    let executor: ReferenceExecutor

    func run(steps: [[HostTensor]]) async throws -> [[HostTensor]] {
      try await executor.run(self, steps)
    }
  }

  fileprivate static let shared = ReferenceExecutor()

  public nonisolated let name = "reference"
  private let precision: Precision
  private let thread = QueueExecutor()

  /// Keeps long loops off the threads that Swift's tasks share.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// An executor with a thread and a memory of its own.
  public init(precision: Precision = .declared) { self.precision = precision }

  public func place(_ values: [HostTensor]) -> [any Resident] {
    values.map { Held($0, owner: self) }
  }

  public func read(_ residents: [any Resident]) throws -> [HostTensor] {
    try residents.map { try held($0, as: $0.type).value.withLock { $0 } }
  }

  public func write(_ values: [HostTensor], to residents: [any Resident]) throws {
    guard values.count == residents.count else {
      throw GraphError.inputs(expected: residents.map(\.type), found: values.map(\.type))
    }
    let places = try zip(values, residents).map { value, resident in
      guard value.type == resident.type else {
        throw GraphError.resident(expected: resident.type, found: value.type.description)
      }
      return try held(resident, as: resident.type)
    }
    for (value, place) in zip(values, places) { place.value.withLock { $0 = value } }
  }

  public func compile(_ graph: Graph, resident: [any Resident]) throws -> any Program {
    try graph.verify()
    let expected = graph.resident.map { graph.types[$0] }
    guard resident.count == expected.count else {
      throw GraphError.inputs(expected: expected, found: resident.map(\.type))
    }
    let places = try zip(resident, expected).map { try held($0, as: $1) }
    return Compiled(graph: graph, resident: places, executor: self)
  }

  private func held(_ resident: any Resident, as type: TensorType) throws -> Held {
    guard let held = resident as? Held, held.owner === self else {
      throw GraphError.resident(
        expected: type, found: "\(resident.type) on another executor")
    }
    guard held.type == type else {
      throw GraphError.resident(expected: type, found: held.type.description)
    }
    return held
  }

  private func run(_ program: Compiled, _ steps: [[HostTensor]]) throws -> [[HostTensor]] {
    try program.check(steps)
    return try steps.map { try run(program, $0) }
  }

  private func run(_ program: Compiled, _ inputs: [HostTensor]) throws -> [HostTensor] {
    let graph = program.graph
    let given = inputs + program.resident.map { $0.value.withLock { $0 } }
    let values = try self.values(in: graph, given.map(widened))
    // As the graph declares them, whatever they were computed in.
    func declared(_ value: Graph.Value) -> HostTensor? {
      values[value]?.converted(to: graph.types[value].dtype)
    }
    let updates = graph.updates.compactMap { declared($0.value) }
    for (update, value) in zip(graph.updates, updates) {
      program.resident[update.resident].value.withLock { $0 = value }
    }
    return graph.results.compactMap(declared)
  }

  /// Every value of a graph whose inputs and resident values are given.
  private func values(
    in graph: Graph, _ given: [HostTensor]
  ) throws -> [Graph.Value: HostTensor] {
    var values = Dictionary(uniqueKeysWithValues: zip(graph.inputs + graph.resident, given))
    for node in graph.nodes {
      let operands = node.operands.compactMap { values[$0] }
      let made =
        if case .scan(let loop) = node.primitive {
          try results(of: loop, operands)
        } else {
          [try evaluate(node.primitive, operands)]
        }
      for (value, tensor) in zip(node.results, made) { values[value] = widened(tensor) }
    }
    return values
  }

  /// Runs a loop step by step.
  private func results(of loop: Scan, _ operands: [HostTensor]) throws -> [HostTensor] {
    let given = loop.carryCount + loop.sequenceCount
    var carries = Array(operands[..<loop.carryCount])
    let sequences = operands[loop.carryCount..<given]
    var rows: [[HostTensor]] = loop.body.results.dropFirst(loop.carryCount).map { _ in [] }
    for step in 0..<loop.length {
      let place = loop.isReversed ? loop.length - 1 - step : step
      let slices = try sequences.map { try row(place, of: $0) }
      let values = try values(in: loop.body, carries + slices + operands[given...])
      let made = loop.body.results.compactMap { values[$0] }
      carries = Array(made[..<loop.carryCount])
      for (output, row) in made[loop.carryCount...].enumerated() { rows[output].append(row) }
    }
    let types = loop.body.resultTypes.dropFirst(loop.carryCount)
    return try carries
      + zip(rows, types).map { rows, type in
        try stacked(loop.isReversed ? rows.reversed() : rows, of: type)
      }
  }

  private func widened(_ value: HostTensor) -> HostTensor {
    precision == .float64 && value.dtype == .float32 ? value.converted(to: .float64) : value
  }
}

extension Executor where Self == ReferenceExecutor {
  /// The slow, readable executor that others are compared with; one for the whole process.
  public static var reference: ReferenceExecutor { ReferenceExecutor.shared }
}

/// Runs an actor's work on a queue of its own.
private final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "moru.reference")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

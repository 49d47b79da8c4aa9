import CKernels
package import Foundation
public import MoruGraph
public import MoruTensors

/// Computes graphs on the processor: oneDNN for products and convolutions, fused vector kernels for
/// the rest, on one thread of its own and that thread's team.
///
/// Equal seeds, machines and thread counts give equal bits. Programs of one executor run one after
/// the other, in the order in which they are asked for.
public final class CPUExecutor: Executor {
  /// The executor that everything shares unless told otherwise; it uses all processors.
  public static let shared = CPUExecutor()

  private let engine: Engine

  /// An executor with a thread team of its own.
  ///
  /// - Parameters:
  ///   - threads: Number of threads, at least 1; all processors if nil.
  ///   - autotune: Whether implementations of steps are chosen by trial instead of by a cost model.
  ///     Choices are kept in `$XDG_CACHE_HOME/moru/tuned` (by default `~/.cache/moru/tuned`) for this
  ///     machine and number of threads, so that later processes get the same bits; other machines may
  ///     get others.
  public convenience init(threads: Int? = nil, autotune: Bool = false) {
    self.init(
      threads: threads, tuningFolder: autotune ? TuningFile.standardFolder : nil,
      generatesCode: true)
  }

  /// - Parameters:
  ///   - tuningFolder: Where choices by trial are kept; nil for choices by cost models.
  ///   - generatesCode: Whether fused passes may run as machine code where the processor has what it
  ///     needs; the block interpreter runs all others.
  package init(threads: Int? = nil, tuningFolder: URL? = nil, generatesCode: Bool = true) {
    let threads = max(1, threads ?? Int(ck_processor_count()))
    engine = Engine(
      threads: threads, tuningFile: tuningFolder.map { TuningFile(threads: threads, folder: $0) },
      generatesCode: generatesCode)
  }

  /// `cpu`, or `cpu-autotuned` if implementations are chosen by trial.
  public var name: String { engine.isTuned ? "cpu-autotuned" : "cpu" }

  /// Number of threads.
  public var threads: Int { engine.threads }

  /// Bytes of the values and programs that live on this executor. What is released is freed as soon
  /// as the running program ends.
  public var memoryByteCount: Int { get async { await engine.memoryByteCount } }

  public func place(_ values: [HostTensor]) async throws -> [any Resident] {
    try await place(values.map { ValueSource($0) })
  }

  public func place(_ sources: [ValueSource]) async throws -> [any Resident] {
    let identities = await engine.place(sources)
    return zip(identities, sources).map { CPUResident($0, type: $1.type, engine) }
  }

  public func read(_ residents: [any Resident]) async throws -> [HostTensor] {
    let handles = try residents.map { try handle($0, type: $0.type) }
    let values = await engine.read(handles.map(\.identity))
    withExtendedLifetime(handles) {}
    return values
  }

  public func write(_ values: [HostTensor], to residents: [any Resident]) async throws {
    guard values.count == residents.count else {
      throw GraphError.inputs(expected: residents.map(\.type), found: values.map(\.type))
    }
    let handles = try zip(residents, values).map { try handle($0, type: $1.type) }
    await engine.write(values, to: handles.map(\.identity))
    withExtendedLifetime(handles) {}
  }

  public func compile(_ graph: Graph, resident: [any Resident]) async throws -> any Program {
    try graph.verify()
    try CPUError.check(graph)
    let types = graph.resident.map { graph.types[$0] }
    guard types.count == resident.count else {
      throw GraphError.inputs(expected: types, found: resident.map(\.type))
    }
    let handles = try zip(resident, types).map { try handle($0, type: $1) }
    let identity = await engine.compile(graph, resident: handles.map(\.identity))
    withExtendedLifetime(handles) {}
    return CPUProgram(identity, graph, engine)
  }

  public func run(_ graph: Graph) async throws -> [HostTensor] {
    guard graph.inputs.isEmpty, graph.resident.isEmpty else {
      return try await compile(graph).run()
    }
    try graph.verify()
    try CPUError.check(graph)
    return await engine.run(graph)
  }

  /// What a program of this executor does, step by step, and the memory it takes.
  ///
  /// - Throws: `CPUError.foreignProgram` for a program of another executor.
  public func explanation(of program: any Program) async throws -> ProgramExplanation {
    guard let program = program as? CPUProgram, program.engine === engine,
      let explanation = await engine.explanation(of: program.identity)
    else { throw CPUError.foreignProgram }
    return explanation
  }

  /// What a program of this executor does, with the least time of each step in some runs.
  ///
  /// The runs change resident values as any other.
  ///
  /// - Parameters:
  ///   - inputs: What each run is given.
  ///   - runs: How often the program runs, at least 1.
  /// - Throws: `GraphError.inputs` if the inputs have other types than the program's;
  ///   `CPUError.foreignProgram` for a program of another executor.
  public func explanation(
    of program: any Program, timing inputs: [HostTensor], runs: Int = 20
  ) async throws -> ProgramExplanation {
    try program.check([inputs])
    guard let program = program as? CPUProgram, program.engine === engine,
      let explanation = await engine.explanation(
        of: program.identity, timing: inputs, runs: max(1, runs))
    else { throw CPUError.foreignProgram }
    return explanation
  }

  private func handle(_ resident: any Resident, type: TensorType) throws -> CPUResident {
    guard let handle = resident as? CPUResident, handle.engine === engine else {
      throw GraphError.resident(
        expected: type, found: "\(resident.type) of another executor")
    }
    guard handle.type == type else {
      throw GraphError.resident(expected: type, found: "\(handle.type)")
    }
    return handle
  }
}

extension Executor where Self == CPUExecutor {
  /// The processor: the shared executor that uses all cores.
  public static var cpu: CPUExecutor { .shared }
}

/// A handle for a value in the engine's memory, which is freed with it.
final class CPUResident: Resident {
  let type: TensorType
  let identity: Engine.Identity
  let engine: Engine

  init(_ identity: Engine.Identity, type: TensorType, _ engine: Engine) {
    self.identity = identity
    self.type = type
    self.engine = engine
  }

  deinit { engine.release(identity) }
}

/// A handle for a compiled program.
final class CPUProgram: Program {
  let graph: Graph
  let identity: Engine.Identity
  fileprivate let engine: Engine

  init(_ identity: Engine.Identity, _ graph: Graph, _ engine: Engine) {
    self.identity = identity
    self.graph = graph
    self.engine = engine
  }

  deinit { engine.release(identity) }

  func run(steps: [[HostTensor]]) async throws -> [[HostTensor]] {
    try check(steps)
    return await engine.run(identity, steps: steps)
  }
}

import CKernels
import MoruGraph
import MoruTensors
import Synchronization

/// What lives on the executor's thread: resident values and compiled programs.
actor Engine {
  /// A number for a resident value or a program.
  typealias Identity = Int

  nonisolated let thread: EngineThread
  nonisolated let threads: Int
  nonisolated let isTuned: Bool
  private let tuning: Tuning?
  private let generatesCode: Bool
  private var policy: ThreadPolicy {
    ThreadPolicy(threads: threads, tuning: tuning, generatesCode: generatesCode)
  }
  private let released = Mutex<[Identity]>([])
  private lazy var dnnl = makeContext()
  private var storages: [Identity: Storage] = [:]
  private var programs: [Identity: Entry] = [:]
  private var recent = RecentPrograms()
  private var count = 0

  private struct Entry {
    let graph: Graph
    let storages: [Storage]
    var program: CompiledProgram
    /// The program for values that are not finite, if there were any.
    var exactProgram: CompiledProgram?
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - tuningFile: Where choices by trial are kept; nil for choices by cost models.
  ///   - generatesCode: Whether fused passes may run as machine code.
  init(threads: Int, tuningFile: TuningFile?, generatesCode: Bool) {
    self.threads = threads
    self.generatesCode = generatesCode
    isTuned = tuningFile != nil
    tuning = tuningFile.map { Tuning($0) }
    thread = EngineThread.start(name: "moru.cpu")
  }

  private func makeContext() -> DNNLContext {
    ck_set_thread_count(Int32(threads))
    return DNNLContext()
  }

  /// Frees what a handle stood for as soon as the engine has time.
  nonisolated func release(_ identity: Identity) {
    let isFirst = released.withLock { list in
      list.append(identity)
      return list.count == 1
    }
    if isFirst { Task { await freeReleased() } }
  }

  /// Bytes of all values and programs, those included whose handles were just released.
  var memoryByteCount: Int {
    var storages = Dictionary(
      storages.values.map { (ObjectIdentifier($0), $0) }, uniquingKeysWith: { first, _ in first })
    for storage in programs.values.flatMap(\.storages) {
      storages[ObjectIdentifier(storage)] = storage
    }
    return storages.values.reduce(0) { $0 + $1.memory.byteCount }
      + programs.values.reduce(0) {
        $0 + $1.program.ownByteCount + ($1.exactProgram?.ownByteCount ?? 0)
      } + recent.byteCount
  }

  private func freeReleased() {
    let identities = released.withLock { list in
      defer { list = [] }
      return list
    }
    for identity in identities {
      storages[identity] = nil
      programs[identity] = nil
    }
    // The work that small computations were part of is over.
    if !identities.isEmpty, storages.isEmpty, programs.isEmpty { recent = RecentPrograms() }
  }

  private func nextIdentity() -> Identity {
    count += 1
    return count
  }

  func place(_ sources: [ValueSource]) -> [Identity] {
    freeReleased()
    return sources.map { source in
      let identity = nextIdentity()
      storages[identity] = Storage(source)
      return identity
    }
  }

  func read(_ identities: [Identity]) -> [HostTensor] {
    freeReleased()
    return identities.compactMap { storages[$0]?.read(dnnl: dnnl) }
  }

  func write(_ values: [HostTensor], to identities: [Identity]) {
    freeReleased()
    for (value, identity) in zip(values, identities) {
      storages[identity]?.write(value, dnnl: dnnl)
    }
  }

  func compile(_ graph: Graph, resident: [Identity]) -> Identity {
    freeReleased()
    let storages = resident.compactMap { self.storages[$0] }
    let program = CompiledProgram(graph, storages, dnnl: dnnl, policy: policy)
    tuning?.save()
    let identity = nextIdentity()
    programs[identity] = Entry(graph: graph, storages: storages, program: program)
    return identity
  }

  func run(_ identity: Identity, steps: [[HostTensor]]) -> [[HostTensor]] {
    freeReleased()
    guard let program = currentProgram(identity) else { return [] }
    return steps.map { values in
      program.isExact(for: values)
        ? program.run(values) : exactProgram(identity)?.run(values) ?? []
    }
  }

  /// Computes a graph without inputs and resident values.
  func run(_ graph: Graph) -> [HostTensor] {
    freeReleased()
    return recent.run(graph) { graph in
      // What runs once is not worth a second program for what is not finite.
      CompiledProgram(graph, [], dnnl: dnnl, policy: policy, activations: false)
    }
  }

  /// What a program does.
  func explanation(of identity: Identity) -> ProgramExplanation? {
    currentProgram(identity)?.explanation()
  }

  /// What a program does, with times.
  func explanation(
    of identity: Identity, timing inputs: [HostTensor], runs: Int
  ) -> ProgramExplanation? {
    currentProgram(identity)?.explanation(timing: inputs, runs: runs)
  }

  /// The program that keeps NaN everywhere.
  private func exactProgram(_ identity: Identity) -> CompiledProgram? {
    guard let entry = programs[identity] else { return nil }
    if let program = entry.exactProgram, program.isCurrent { return program }
    let program = CompiledProgram(
      entry.graph, entry.storages, dnnl: dnnl, policy: policy, activations: false)
    programs[identity]?.exactProgram = program
    return program
  }

  /// The program, compiled anew if another program has changed the layout of a resident value.
  private func currentProgram(_ identity: Identity) -> CompiledProgram? {
    guard var entry = programs[identity] else { return nil }
    if entry.program.isCurrent { return entry.program }
    entry.program = CompiledProgram(entry.graph, entry.storages, dnnl: dnnl, policy: policy)
    programs[identity] = entry
    return entry.program
  }
}

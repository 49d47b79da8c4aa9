import MoruGraph
import MoruTensors

/// A graph as a fixed list of steps with fixed memory: running it allocates nothing but the results.
final class CompiledProgram {
  private let steps: [any Step]
  private let threads: Int
  private let memory: ProgramExplanation.Memory
  /// Names of the layouts of buffers that are not row-major.
  private let layoutNames: [Int: String]
  private let inputs: [ProgramInput]
  private var map: MemoryMap
  private let results: [(type: TensorType, pointer: UnsafeRawPointer)]
  private let storages: [Storage]
  private let generations: [Int]
  /// Resident values that a run replaces.
  private let replaced: [Storage]
  private let preparation: Preparation
  /// Whether convolutions apply activations in a way that loses NaN.
  private let losesNaN: Bool
  /// Memory that the steps point to.
  private let owned: [any Memory]

  /// - Parameter activations: Whether convolutions may apply activations in a way that loses NaN;
  ///   then the program must not be given what is not finite.
  init(
    _ graph: Graph, _ storages: [Storage], dnnl: DNNLContext, policy: ThreadPolicy,
    activations: Bool = true
  ) {
    let replaced = graph.updates.map { storages[$0.resident] }
    let replacedPlaces = Set(
      storages.indices.filter { place in replaced.contains { $0 === storages[place] } })
    let graph = graph.simplified(replaced: replacedPlaces).repeatingWidenings().updatingEarly()
      .recomputingCheapValues(replaced: replacedPlaces, activations: activations)
    let partition = Partition(graph, replaced: replacedPlaces, activations: activations)
    let lowering = CompiledProgram.lower(
      graph, partition, storages, dnnl: dnnl, policy: policy)
    let results = graph.results.map { lowering.detached(lowering.contiguous($0)) }
    let updates = graph.updates.map { update in
      Replacement(
        resident: update.resident,
        view: lowering.detached(
          lowering.operand(update.value, in: storages[update.resident].layout)))
    }
    for place in storages.indices where lowering.readsOften(resident: place) {
      storages[place].own()
    }
    for storage in replaced { storage.own() }
    let plan = MemoryPlan(
      lowering, results: results, updates: updates,
      isShared: { index in storages.filter { $0 === storages[index] }.count > 1 })
    let bound = BoundMemory(lowering, plan, storages, results: results)
    self.storages = storages
    self.replaced = replaced
    generations = storages.map(\.generation)
    steps = lowering.steps
    owned = bound.owned
    threads = policy.threads
    memory = bound.explanation(plan)
    layoutNames = lowering.layoutNames
    losesNaN = partition.epilogues.entries.values.contains {
      $0.activation != nil && !$0.keepsNaN
    }
    preparation = Preparation(
      lowering.prologue, bound.map, temporary: bound.temporary,
      parameters: storages.indices.filter { !replacedPlaces.contains($0) }.map { storages[$0] })
    inputs = graph.inputs.indices.map { index in
      ProgramInput(
        buffer: lowering.buffers.firstIndex { $0.home == .input(index) } ?? 0, bound.map,
        readBy: lowering.steps, results: Set(results.map(\.buffer)))
    }
    map = bound.map
    self.results = zip(graph.results, results).map {
      (type: graph.types[$0], pointer: UnsafeRawPointer(bound.map[$1]))
    }
    for step in steps { step.bind(bound.map) }
  }

  /// Whether the resident values still lie where the steps expect them.
  var isCurrent: Bool { zip(storages, generations).allSatisfy { $0.generation == $1 } }

  /// Whether the program computes the graph of these inputs and the present parameters exactly.
  func isExact(for values: [HostTensor]) -> Bool {
    guard losesNaN else { return true }
    preparation.update()
    return preparation.isFinite && values.allSatisfy(\.isFinite)
  }

  /// Runs the steps once; they may read the values where the host keeps them.
  func run(_ values: [HostTensor]) -> [HostTensor] {
    preparation.update()
    for (value, input) in zip(values, inputs) { input.take(value, in: &map) }
    for step in steps { step.run() }
    for storage in replaced { storage.noteReplacement() }
    return results.map { Storage.tensor($0.type, at: $0.pointer) }
  }

  /// Bytes that the program takes beside its resident values.
  var ownByteCount: Int { memory.totalBytes - memory.residentBytes }

  /// What the program does.
  func explanation() -> ProgramExplanation {
    ProgramExplanation(
      threads: threads,
      steps: steps.map { step in
        ProgramExplanation.Step(
          step.summary,
          blockedLayouts: Set((step.reads + step.writes).compactMap { layoutNames[$0] }),
          threads: threads)
      }, memory: memory)
  }

  /// What the program does, with the least time of each step in some runs with the same inputs.
  func explanation(timing values: [HostTensor], runs: Int) -> ProgramExplanation {
    let clock = ContinuousClock()
    var least = [Duration](repeating: .seconds(Int64.max), count: steps.count)
    var leastOfAll = Duration.seconds(Int64.max)
    for _ in 0..<runs {
      leastOfAll = min(leastOfAll, clock.measure { _ = run(values) })
      var start = clock.now
      for (index, step) in steps.enumerated() {
        step.run()
        let end = clock.now
        least[index] = min(least[index], end - start)
        start = end
      }
    }
    return explanation().timed(steps: least, whole: leastOfAll)
  }

  // MARK: - Layouts of resident values

  /// Lowers the graph until resident values have the layouts that its steps like. A value changes
  /// its layout once, for the first program that asks.
  private static func lower(
    _ graph: Graph, _ partition: Partition, _ storages: [Storage], dnnl: DNNLContext,
    policy: ThreadPolicy
  ) -> Lowering {
    while true {
      let lowering = Lowering(
        graph, partition: partition, residentLayouts: storages.map(\.layout), dnnl: dnnl,
        policy: policy)
      if adopt(lowering.wishes, graph, storages, dnnl) { continue }
      // What a blocked value replaces should be blocked too: moments follow their parameters.
      var followers: [Graph.Value: BlockedLayout] = [:]
      for update in graph.updates {
        followers[graph.resident[update.resident]] = lowering.layouts[update.value]
      }
      if !adopt(followers, graph, storages, dnnl) { return lowering }
    }
  }

  /// Reorders row-major resident values as wished; gives whether there were any.
  private static func adopt(
    _ wishes: [Graph.Value: BlockedLayout], _ graph: Graph, _ storages: [Storage],
    _ dnnl: DNNLContext
  ) -> Bool {
    var isChanged = false
    for (value, storage) in zip(graph.resident, storages) where storage.layout == nil {
      guard let layout = wishes[value] else { continue }
      storage.adopt(layout, dnnl: dnnl)
      isChanged = true
    }
    return isChanged
  }
}

/// The memory of a program, allocated.
private struct BoundMemory {
  let map: MemoryMap
  /// Keeps the memory alive.
  let owned: [any Memory]
  private let residentBytes: Int
  private let constantBytes: Int
  private let scratchBytes: Int
  /// Buffers that only the prologue uses; they have no memory yet.
  let temporary: [(buffer: Int, byteCount: Int)]

  init(_ lowering: Lowering, _ plan: MemoryPlan, _ storages: [Storage], results: [View]) {
    let arena = AlignedMemory(byteCount: plan.arenaBytes)
    let scratch = AlignedMemory(
      byteCount: (lowering.prologue + lowering.steps).map(\.scratchBytes).max() ?? 0)
    let read = Set(lowering.steps.flatMap(\.reads) + results.map(\.buffer))
    var temporary: [(buffer: Int, byteCount: Int)] = []
    // Side by side, so that small ones share large pages.
    var ownOffsets: [Int: Int] = [:]
    var ownBytes = 0
    for (index, buffer) in lowering.buffers.enumerated() where plan.places[index] == .own {
      if buffer.home == .prepared, !read.contains(index) {
        temporary.append((index, buffer.byteCount))
      } else {
        ownOffsets[index] = ownBytes
        ownBytes += (buffer.byteCount + 127) / 64 * 64
      }
    }
    let own = AlignedMemory(byteCount: ownBytes)
    let pointers = plan.places.enumerated().map { index, place in
      switch place {
      case .arena(let offset): arena.pointer + offset
      case .resident(let index): storages[index].memory.pointer
      case .own: ownOffsets[index].map { own.pointer + $0 } ?? scratch.pointer
      }
    }
    for (buffer, value) in lowering.constants {
      Storage.copy(value, to: pointers[buffer])
    }
    map = MemoryMap(buffers: pointers, scratch: scratch.pointer)
    constantBytes = own.byteCount
    scratchBytes = scratch.byteCount
    let resident = Dictionary(
      storages.map { (ObjectIdentifier($0), $0.memory) }, uniquingKeysWith: { first, _ in first }
    ).values
    residentBytes = resident.reduce(0) { $0 + $1.byteCount }
    owned = [arena, scratch, own] + resident
    self.temporary = temporary
  }

  func explanation(_ plan: MemoryPlan) -> ProgramExplanation.Memory {
    ProgramExplanation.Memory(
      plannedPeakBytes: plan.arenaBytes, lowerBoundBytes: plan.lowerBoundBytes,
      residentBytes: residentBytes, constantBytes: constantBytes, scratchBytes: scratchBytes)
  }
}

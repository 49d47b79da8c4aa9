import MoruGraph
import MoruTensors

/// A graph as a fixed list of steps with fixed memory: running it allocates nothing but the results.
final class CompiledProgram {
  /// What the program does, for explanations.
  let summaries: [StepSummary]

  private let steps: [any Step]
  private let inputs: [UnsafeMutableRawPointer]
  private let results: [(type: TensorType, pointer: UnsafeRawPointer)]
  private let storages: [Storage]
  private let generations: [Int]
  /// Memory that the steps point to.
  private let owned: [AlignedMemory]

  init(_ graph: Graph, _ storages: [Storage], dnnl: DNNLContext, policy: ThreadPolicy) {
    let graph = graph.simplified()
    let lowering = CompiledProgram.lower(graph, storages, dnnl: dnnl, policy: policy)
    let results = graph.results.map { lowering.detached(lowering.contiguous($0)) }
    let updates = graph.updates.map { update in
      Replacement(
        resident: update.resident,
        view: lowering.detached(
          lowering.operand(update.value, in: storages[update.resident].layout)))
    }
    let plan = MemoryPlan(
      lowering, results: results, updates: updates,
      isShared: { index in storages.filter { $0 === storages[index] }.count > 1 })
    let bound = BoundMemory(lowering, plan, storages)
    self.storages = storages
    generations = storages.map(\.generation)
    steps = lowering.steps
    summaries = steps.map(\.summary)
    owned = bound.owned
    inputs = graph.inputs.indices.map { index in
      bound.map.buffers[lowering.buffers.firstIndex { $0.home == .input(index) } ?? 0]
    }
    self.results = zip(graph.results, results).map {
      (type: graph.types[$0], pointer: UnsafeRawPointer(bound.map[$1]))
    }
    for step in lowering.prologue + steps { step.bind(bound.map) }
    for step in lowering.prologue { step.run() }
  }

  /// Whether the resident values still lie where the steps expect them.
  var isCurrent: Bool { zip(storages, generations).allSatisfy { $0.generation == $1 } }

  /// Runs the steps once.
  func run(_ values: [HostTensor]) -> [HostTensor] {
    for (value, pointer) in zip(values, inputs) { Storage.copy(value, to: pointer) }
    for step in steps { step.run() }
    return results.map { Storage.tensor($0.type, at: $0.pointer) }
  }

  /// Runs the steps a few times and describes each with its least time.
  func profile(_ values: [HostTensor]) -> [String] {
    let clock = ContinuousClock()
    var least = [Duration](repeating: .seconds(1000), count: steps.count)
    for (value, pointer) in zip(values, inputs) { Storage.copy(value, to: pointer) }
    for _ in 0..<20 {
      for (index, step) in steps.enumerated() {
        least[index] = min(least[index], clock.measure { step.run() })
      }
    }
    return zip(least, summaries).map { time, summary in
      let microseconds = Double(time.components.attoseconds) / 1e12
      let rounded = (microseconds * 10).rounded() / 10
      let rate = Double(summary.flopCount) / microseconds / 1000
      return "\(rounded) µs, \(summary.byteCount / 1024) KiB, \(rate.rounded()) GFLOP/s: \(summary)"
    }
  }

  // MARK: - Layouts of resident values

  /// Lowers the graph until resident values have the layouts that its steps like. A value changes
  /// its layout once, for the first program that asks.
  private static func lower(
    _ graph: Graph, _ storages: [Storage], dnnl: DNNLContext, policy: ThreadPolicy
  ) -> Lowering {
    while true {
      let lowering = Lowering(
        graph, residentLayouts: storages.map(\.layout), dnnl: dnnl, policy: policy)
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
  let owned: [AlignedMemory]

  init(_ lowering: Lowering, _ plan: MemoryPlan, _ storages: [Storage]) {
    let arena = AlignedMemory(byteCount: plan.arenaBytes)
    let scratch = AlignedMemory(
      byteCount: (lowering.prologue + lowering.steps).map(\.scratchBytes).max() ?? 0)
    var owned = [arena, scratch] + storages.map(\.memory)
    let pointers = zip(plan.places, lowering.buffers).map { place, buffer in
      switch place {
      case .arena(let offset): return arena.pointer + offset
      case .resident(let index): return storages[index].memory.pointer
      case .own:
        let memory = AlignedMemory(byteCount: buffer.byteCount)
        owned.append(memory)
        return memory.pointer
      }
    }
    for (buffer, value) in lowering.constants {
      Storage.copy(value, to: pointers[buffer])
    }
    map = MemoryMap(buffers: pointers, scratch: scratch.pointer)
    self.owned = owned
  }
}

import MoruGraph
import MoruTensors

/// A loop whose body is a list of steps of its own, for bodies of any operations.
///
/// Slices, carries and outputs are copied in and out, and nothing is allocated between steps.
final class ScanStep: Step {
  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  let scratchBytes: Int

  private let loop: Scan
  private let operands: [View]
  private let results: [View]
  private let body: LoopBody
  /// Memory that the body works in.
  private let workspace: View
  private var copies = Copies()

  /// What is copied when.
  private struct Copies {
    struct Copy {
      let target: UnsafeMutableRawPointer
      let source: UnsafeMutableRawPointer
      let byteCount: Int

      func callAsFunction() { target.copyMemory(from: source, byteCount: byteCount) }
    }
    var before: [Copy] = []
    var slices: [Copy] = []
    var outputs: [Copy] = []
    /// Carries that are other carries or slices wait until all of them have been read.
    var staged: [Copy] = []
    var carries: [Copy] = []
    var after: [Copy] = []
  }

  /// - Parameters:
  ///   - operands: Row-major.
  ///   - results: Row-major.
  ///   - workspace: As many bytes as the body asks for.
  init(_ loop: Scan, body: LoopBody, operands: [View], results: [View], workspace: View) {
    self.loop = loop
    self.body = body
    self.operands = operands
    self.results = results
    self.workspace = workspace
    reads = operands.map(\.buffer)
    writes = (results + [workspace]).map(\.buffer)
    scratchBytes = body.scratchBytes
    summary = StepSummary(
      kind: "scan",
      detail: "\(loop.length) steps of ["
        + body.summaries.map { "\($0.kind) \($0.detail)" }.joined(separator: ", ")
        + "]", implementation: "steps", bytesRead: operands.touchedBytes,
      bytesWritten: results.touchedBytes,
      flopCount: loop.length * body.summaries.reduce(0) { $0 + $1.flopCount },
      threads: body.summaries.contains { $0.threads != 1 } ? nil : 1)
  }

  func bind(_ memory: MemoryMap) {
    let carried = loop.carryCount
    let given = carried + loop.sequenceCount
    let constants = operands[given...].map { memory[$0] }
    let inside = body.bind(
      workspace: memory[workspace], scratch: memory.scratch, constants: Array(constants))
    copies = Copies()
    for place in 0..<carried {
      let byteCount = body.byteCounts[place]
      func copy(_ target: UnsafeMutableRawPointer, _ source: UnsafeMutableRawPointer) -> Copies.Copy
      { Copies.Copy(target: target, source: source, byteCount: byteCount) }
      copies.before.append(copy(inside.inputs[place], memory[operands[place]]))
      if let stage = inside.stages[place] {
        copies.staged.append(copy(stage, inside.results[place]))
        copies.carries.append(copy(inside.inputs[place], stage))
      } else {
        copies.carries.append(copy(inside.inputs[place], inside.results[place]))
      }
      copies.after.append(copy(memory[results[place]], inside.inputs[place]))
    }
    for place in carried..<given {
      copies.slices.append(
        Copies.Copy(
          target: inside.inputs[place], source: memory[operands[place]],
          byteCount: body.byteCounts[place]))
    }
    for place in carried..<results.count {
      let view = results[place]
      copies.outputs.append(
        Copies.Copy(
          target: memory[view], source: inside.results[place],
          byteCount: loop.length == 0 ? 0 : view.count * view.dtype.byteCount / loop.length))
    }
  }

  func run() {
    for copy in copies.before { copy() }
    for step in 0..<loop.length {
      let place = loop.isReversed ? loop.length - 1 - step : step
      for copy in copies.slices {
        copy.target.copyMemory(
          from: copy.source + place * copy.byteCount, byteCount: copy.byteCount)
      }
      body.run()
      for copy in copies.outputs {
        (copy.target + place * copy.byteCount).copyMemory(
          from: copy.source, byteCount: copy.byteCount)
      }
      for copy in copies.staged { copy() }
      for copy in copies.carries { copy() }
    }
    for copy in copies.after { copy() }
  }
}

/// The body of a loop as steps with memory of their own.
final class LoopBody {
  /// Size of each of the body's inputs.
  let byteCounts: [Int]
  /// Bytes of memory that carries, slices and what is computed between take.
  let workspaceBytes: Int
  let summaries: [StepSummary]

  private let lowering: Lowering
  private let steps: [any Step]
  private let results: [View]
  /// The offset of each buffer in the workspace; nil for those that lie elsewhere.
  private let offsets: [Int?]
  private let stages: [Int?]
  private let constantCount: Int
  private var owned: [AlignedMemory] = []

  /// Where the body's values lie.
  struct Places {
    let inputs: [UnsafeMutableRawPointer]
    let results: [UnsafeMutableRawPointer]
    /// For carries that the body hands on from other inputs, memory to keep them in between.
    let stages: [UnsafeMutableRawPointer?]
  }

  init(_ loop: Scan, dnnl: DNNLContext, policy: ThreadPolicy) {
    let graph = loop.body
    lowering = Lowering(
      graph, partition: Partition(graph, replaced: [], activations: false), residentLayouts: [],
      dnnl: dnnl, policy: policy)
    results = graph.results.map { [lowering] in lowering.contiguous($0) }
    let plan = MemoryPlan(lowering, results: results, updates: [], isShared: { _ in false })
    steps = lowering.steps
    summaries = steps.map(\.summary)
    byteCounts = graph.inputTypes.map(\.byteCount)
    constantCount = loop.constantCount

    var end = plan.arenaBytes
    func reserve(_ byteCount: Int) -> Int {
      let offset = (end + 63) / 64 * 64
      // Vector kernels may read up to a cache line past the end.
      end = offset + byteCount + 64
      return offset
    }
    let given = loop.carryCount + loop.sequenceCount
    offsets = zip(plan.places, lowering.buffers).map { place, buffer in
      switch (place, buffer.home) {
      case (.arena(let offset), _): offset
      case (.own, .input(let index)) where index < given: reserve(buffer.byteCount)
      default: nil
      }
    }
    let homes = lowering.buffers.map(\.home)
    stages = results.prefix(loop.carryCount).map { view in
      guard case .input = homes[view.buffer] else { return nil }
      return reserve(view.count * view.dtype.byteCount)
    }
    workspaceBytes = end
  }

  var scratchBytes: Int { (lowering.prologue + steps).map(\.scratchBytes).max() ?? 0 }

  /// Gives the body its memory and computes what depends on nothing.
  func bind(
    workspace: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    constants: [UnsafeMutableRawPointer]
  ) -> Places {
    owned = []
    let given = byteCounts.count - constantCount
    let buffers = zip(offsets, lowering.buffers).map { offset, buffer in
      if let offset { return workspace + offset }
      if case .input(let index) = buffer.home { return constants[index - given] }
      let memory = AlignedMemory(byteCount: buffer.byteCount)
      owned.append(memory)
      return memory.pointer
    }
    for (buffer, value) in lowering.constants { Storage.copy(value, to: buffers[buffer]) }
    let map = MemoryMap(buffers: buffers, scratch: scratch)
    for step in lowering.prologue + steps { step.bind(map) }
    for step in lowering.prologue { step.run() }
    return Places(
      // Inputs are the first buffers, in order.
      inputs: byteCounts.indices.map { buffers[$0] }, results: results.map { map[$0] },
      stages: stages.map { $0.map { workspace + $0 } })
  }

  func run() { for step in steps { step.run() } }
}

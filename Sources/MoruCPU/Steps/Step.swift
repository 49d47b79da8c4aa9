import CKernels
import MoruTensors

/// One thing that a compiled program does: a kernel or a oneDNN primitive with its memory.
protocol Step: AnyObject {
  /// What it is, for explanations and profiles.
  var summary: StepSummary { get }
  /// Buffers it reads.
  var reads: [Int] { get }
  /// Buffers it writes.
  var writes: [Int] { get }
  /// Buffers that it reads element by element before it writes the same element: a result may take
  /// their place.
  var overwritable: Set<Int> { get }
  /// Buffers of which it reads a few rows, wherever they lie.
  var sparselyRead: Set<Int> { get }
  /// Bytes of scratch memory it needs while it runs.
  var scratchBytes: Int { get }
  /// Whether giving it its memory costs less than copying some of that would.
  var bindsQuickly: Bool { get }
  /// Gives it its memory.
  func bind(_ memory: MemoryMap)
  /// Does it.
  func run()
}

extension Step {
  var overwritable: Set<Int> { [] }
  var sparselyRead: Set<Int> { [] }
  var scratchBytes: Int { 0 }
  var bindsQuickly: Bool { false }
}

/// What a step is and costs.
struct StepSummary {
  /// The sort of step: `elementwise`, `dot`, `copy`.
  var kind: String
  /// Shapes, and what is computed of them.
  var detail: String
  /// Layouts of the tensors whose elements are not all in row-major order.
  var layouts: [String] = []
  /// The kernel: oneDNN's name, or the instruction set of an own one.
  var implementation: String
  /// Bytes read; a broadcast operand counts once.
  var bytesRead = 0
  /// Bytes written.
  var bytesWritten = 0
  /// Floating-point operations.
  var flopCount = 0
  /// Threads that share the work; nil for the whole team.
  var threads: Int? = 1

  /// The name of own vector kernels.
  static let vectorKernel = String(cString: ck_instruction_set())
  /// The name of kernels in machine code that was made for the step.
  static let generatedKernel = "generated"
}

/// Where buffers lie.
struct MemoryMap {
  /// Start of each buffer.
  var buffers: [UnsafeMutableRawPointer]
  /// Memory that any step may use while it runs.
  let scratch: UnsafeMutableRawPointer

  subscript(view: View) -> UnsafeMutableRawPointer { buffers[view.buffer] + view.byteOffset }

  func pointer<T>(_ view: View, as type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    self[view].assumingMemoryBound(to: T.self)
  }
}

/// How many threads a kernel is worth, and which of several kernels computes a step.
struct ThreadPolicy {
  let threads: Int
  /// Chooses by trial; nil if cost models do.
  var tuning: Tuning?
  /// Whether fused passes may run as machine code.
  var generatesCode = true

  /// Below some ten microseconds of work the threads' meeting costs more than they save.
  func threads(forElements count: Int, operations: Int = 1) -> Int {
    count * (operations + 1) > 48 * 1024 ? threads : 1
  }
}

/// A step made of a closure over its memory.
final class KernelStep: Step {
  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  let sparselyRead: Set<Int>
  let scratchBytes: Int
  private let make: (MemoryMap) -> () -> Void
  private var body: () -> Void = {}

  /// - Parameters:
  ///   - sparse: What it reads only a few rows of.
  ///   - vectorThreads: Threads of a vector kernel; nil for a portable loop on one thread.
  ///   - make: Gets the memory once and returns what each run does.
  init(
    _ kind: String, _ detail: String, reads: [View], writes: [View], sparse: [View] = [],
    flopCount: Int = 0, scratchBytes: Int = 0, vectorThreads: Int32? = nil,
    make: @escaping (MemoryMap) -> () -> Void
  ) {
    summary = StepSummary(
      kind: kind, detail: detail,
      layouts: (reads + writes).contains { !$0.isContiguous } ? ["strided"] : [],
      implementation: vectorThreads == nil ? "loop" : StepSummary.vectorKernel,
      bytesRead: reads.touchedBytes, bytesWritten: writes.touchedBytes, flopCount: flopCount,
      threads: vectorThreads.map(Int.init) ?? 1)
    self.reads = reads.map(\.buffer)
    self.writes = writes.map(\.buffer)
    sparselyRead = Set(sparse.map(\.buffer))
    self.scratchBytes = scratchBytes
    self.make = make
  }

  var bindsQuickly: Bool { true }
  func bind(_ memory: MemoryMap) { body = make(memory) }
  func run() { body() }
}

/// A oneDNN primitive whose tensors are views.
final class DNNLStep: Step {
  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  private var primitive: DNNLPrimitive
  private var memory: MemoryMap?
  private let tensors: [(role: DNNLRole, view: View)]

  init(
    _ kind: String, _ detail: String, _ primitive: DNNLPrimitive, reads: [(DNNLRole, View)],
    writes: [(DNNLRole, View)], flopCount: Int = 0
  ) {
    summary = StepSummary(
      kind: kind, detail: detail,
      layouts: LayoutNames.names(of: primitive, (reads + writes).map { $0.0 }, kind: kind),
      implementation: primitive.implementation,
      bytesRead: reads.map { $0.1 }.touchedBytes, bytesWritten: writes.map { $0.1 }.touchedBytes,
      flopCount: flopCount, threads: nil)
    self.reads = reads.map { $0.1.buffer }
    self.writes = writes.map { $0.1.buffer }
    self.primitive = primitive
    tensors = (reads + writes).map { (role: $0.0, view: $0.1) }
  }

  var scratchBytes: Int { primitive.scratchBytes }
  var bindsQuickly: Bool { true }

  func bind(_ memory: MemoryMap) {
    self.memory = memory
    for (role, view) in tensors { primitive.bind(role.value, memory[view]) }
    primitive.bind(DNNLRole.scratchpad.value, memory.scratch)
  }

  /// Takes another primitive of the same tensors in the same layouts, such as one of other constants.
  func replace(by other: DNNLPrimitive) {
    primitive = other
    if let memory { bind(memory) }
  }

  func run() { primitive.execute() }
}

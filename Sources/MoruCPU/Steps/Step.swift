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
  /// Bytes of scratch memory it needs while it runs.
  var scratchBytes: Int { get }
  /// Gives it its memory.
  func bind(_ memory: MemoryMap)
  /// Does it.
  func run()
}

extension Step {
  var overwritable: Set<Int> { [] }
  var scratchBytes: Int { 0 }
}

/// What a step is and costs.
struct StepSummary: CustomStringConvertible {
  /// The sort of step: `elementwise`, `dot`, `copy`.
  var kind: String
  /// Shapes, layouts, implementation.
  var detail: String
  /// Bytes read and written.
  var byteCount = 0
  /// Floating-point operations.
  var flopCount = 0

  var description: String { "\(kind) \(detail)" }
}

/// Where buffers lie.
struct MemoryMap {
  /// Start of each buffer.
  let buffers: [UnsafeMutableRawPointer]
  /// Memory that any step may use while it runs.
  let scratch: UnsafeMutableRawPointer

  subscript(view: View) -> UnsafeMutableRawPointer { buffers[view.buffer] + view.byteOffset }

  func pointer<T>(_ view: View, as type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    self[view].assumingMemoryBound(to: T.self)
  }
}

/// How many threads a kernel is worth.
struct ThreadPolicy {
  let threads: Int

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
  let scratchBytes: Int
  private let make: (MemoryMap) -> () -> Void
  private var body: () -> Void = {}

  /// - Parameter make: Gets the memory once and returns what each run does.
  init(
    _ kind: String, _ detail: String, reads: [View], writes: [View], flopCount: Int = 0,
    scratchBytes: Int = 0, make: @escaping (MemoryMap) -> () -> Void
  ) {
    let byteCount = (reads + writes).reduce(0) { $0 + $1.count * $1.dtype.byteCount }
    summary = StepSummary(kind: kind, detail: detail, byteCount: byteCount, flopCount: flopCount)
    self.reads = reads.map(\.buffer)
    self.writes = writes.map(\.buffer)
    self.scratchBytes = scratchBytes
    self.make = make
  }

  func bind(_ memory: MemoryMap) { body = make(memory) }
  func run() { body() }
}

/// A oneDNN primitive whose tensors are views.
final class DNNLStep: Step {
  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  private let primitive: DNNLPrimitive
  private let tensors: [(role: DNNLRole, view: View)]

  init(
    _ kind: String, _ detail: String, _ primitive: DNNLPrimitive, reads: [(DNNLRole, View)],
    writes: [(DNNLRole, View)], flopCount: Int = 0
  ) {
    let views = (reads + writes).map { $0.1 }
    summary = StepSummary(
      kind: kind, detail: "\(detail) \(primitive.implementation)",
      byteCount: views.reduce(0) { $0 + $1.count * $1.dtype.byteCount }, flopCount: flopCount)
    self.reads = reads.map { $0.1.buffer }
    self.writes = writes.map { $0.1.buffer }
    self.primitive = primitive
    tensors = (reads + writes).map { (role: $0.0, view: $0.1) }
  }

  var scratchBytes: Int { primitive.scratchBytes }

  func bind(_ memory: MemoryMap) {
    for (role, view) in tensors { primitive.bind(role.value, memory[view]) }
    primitive.bind(DNNLRole.scratchpad.value, memory.scratch)
  }

  func run() { primitive.execute() }
}

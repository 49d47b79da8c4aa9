import CDNNL
import MoruTensors

/// A product of whole numbers by oneDNN, which is made anew whenever its features' scales are: oneDNN
/// takes these as constants.
final class WholeProductStep: Step {
  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  private let make: ([Float]) -> DNNLPrimitive?
  private let tensors: [(role: DNNLRole, view: View)]
  private var primitive: DNNLPrimitive
  private var memory: MemoryMap?

  /// - Parameters:
  ///   - primitive: The product with any scales.
  ///   - make: The product with others.
  init(
    _ kind: String, _ detail: String, _ primitive: DNNLPrimitive, reads: [(DNNLRole, View)],
    writes: [(DNNLRole, View)], flopCount: Int, make: @escaping ([Float]) -> DNNLPrimitive?
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
    self.make = make
    tensors = (reads + writes).map { (role: $0.0, view: $0.1) }
  }

  /// Takes other scales.
  func scale(by scales: [Float]) {
    guard let made = make(scales) else {
      preconditionFailure("oneDNN makes a product whatever its scales are")
    }
    primitive = made
    if let memory { bind(memory) }
  }

  var scratchBytes: Int { primitive.scratchBytes }
  var bindsQuickly: Bool { true }

  func bind(_ memory: MemoryMap) {
    self.memory = memory
    for (role, view) in tensors { primitive.bind(role.value, memory[view]) }
    primitive.bind(DNNLRole.scratchpad.value, memory.scratch)
  }

  func run() { primitive.execute() }
}

import MoruTensors

/// An input of a program: memory that holds it, and the steps that read it there.
///
/// A large value is read where the host keeps it instead if all of these steps can be told quickly,
/// because copying it would take as long as reading it.
struct ProgramInput {
  private let buffer: Int
  private let memory: UnsafeMutableRawPointer
  /// The steps that are told where the host keeps the value; nil if it has to be copied.
  private let readers: [any Step]?

  /// - Parameters:
  ///   - buffer: The input's buffer.
  ///   - results: Buffers that are read after the last step.
  init(buffer: Int, _ map: MemoryMap, readBy steps: [any Step], results: Set<Int>) {
    self.buffer = buffer
    memory = map.buffers[buffer]
    let readers = steps.filter { $0.reads.contains(buffer) }
    let mayMove = readers.allSatisfy(\.bindsQuickly) && !results.contains(buffer)
    self.readers = mayMove ? readers : nil
  }

  /// Has the steps read a value, which must be there until they have.
  func take(_ value: HostTensor, in map: inout MemoryMap) {
    let lent = readers == nil ? nil : BorrowedMemory(value)
    let place = lent?.pointer ?? memory
    if lent == nil { Storage.copy(value, to: memory) }
    guard map.buffers[buffer] != place else { return }
    map.buffers[buffer] = place
    for step in readers ?? [] { step.bind(map) }
  }
}

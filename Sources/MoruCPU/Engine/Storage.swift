import MoruGraph
import MoruTensors

/// The memory of a resident value; programs that use the value keep it alive.
final class Storage {
  let type: TensorType
  private(set) var memory: any Memory
  /// How elements lie in memory; nil is row-major.
  private(set) var layout: BlockedLayout?
  /// Grows when memory or layout change, so that programs bound before know.
  private(set) var generation = 0
  /// Grows when the elements change, so that what was made of them is made anew.
  private(set) var version = 0

  init(_ source: ValueSource) {
    type = source.type
    if let borrowed = source.present.flatMap(BorrowedMemory.init) {
      memory = borrowed
    } else {
      memory = AlignedMemory(byteCount: type.byteCount)
      source.write(
        to: UnsafeMutableRawBufferPointer(start: memory.pointer, count: type.byteCount))
    }
  }

  /// Copies elements that lie in the host's memory: programs replace them or read them all the time.
  func own() {
    guard let borrowed = memory as? BorrowedMemory else { return }
    memory = AlignedMemory(byteCount: type.byteCount)
    Storage.copy(borrowed.value, to: memory.pointer)
    generation += 1
  }

  /// Puts a value of the same type in.
  func write(_ value: HostTensor, dnnl: DNNLContext) {
    noteReplacement()
    if memory is BorrowedMemory {
      memory = AlignedMemory(byteCount: type.byteCount)
      generation += 1
    }
    guard let layout else { return Storage.copy(value, to: memory.pointer) }
    value.withUnsafeBytes { bytes in
      guard let plain = bytes.baseAddress else { return }
      layout.convert(
        from: UnsafeMutableRawPointer(mutating: plain), to: memory.pointer, in: dnnl)
    }
  }

  /// Notes that a program has replaced the elements.
  func noteReplacement() { version += 1 }

  /// The value in row-major order.
  func read(dnnl: DNNLContext) -> HostTensor {
    guard let layout else { return Storage.tensor(type, at: memory.pointer) }
    return HostTensor(shape: type.shape, dtype: type.dtype) { plain in
      guard let plain = plain.baseAddress else { return }
      layout.convert(to: plain, from: memory.pointer, in: dnnl)
    }
  }

  /// Reorders the elements, which lie in row-major order, into a layout.
  func adopt(_ layout: BlockedLayout, dnnl: DNNLContext) {
    let blocked = AlignedMemory(byteCount: layout.byteCount)
    layout.convert(from: memory.pointer, to: blocked.pointer, in: dnnl)
    memory = blocked
    self.layout = layout
    generation += 1
  }

  /// Copies a value's elements to memory in row-major order.
  static func copy(_ value: HostTensor, to pointer: UnsafeMutableRawPointer) {
    value.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { pointer.copyMemory(from: source, byteCount: bytes.count) }
    }
  }

  /// A copy of row-major elements.
  static func tensor(_ type: TensorType, at pointer: UnsafeRawPointer) -> HostTensor {
    HostTensor(shape: type.shape, dtype: type.dtype) { bytes in
      guard let target = bytes.baseAddress else { return }
      target.copyMemory(from: pointer, byteCount: bytes.count)
    }
  }
}

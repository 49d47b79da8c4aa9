import MoruGraph
import MoruTensors

/// The memory of a resident value; programs that use the value keep it alive.
final class Storage {
  let type: TensorType
  private(set) var memory: AlignedMemory
  /// How elements lie in memory; nil is row-major.
  private(set) var layout: BlockedLayout?
  /// Grows when memory or layout change, so that programs bound before know.
  private(set) var generation = 0
  /// Grows when the elements change, so that what was made of them is made anew.
  private(set) var version = 0

  init(_ value: HostTensor) {
    type = value.type
    memory = AlignedMemory(byteCount: value.byteCount)
    fill(value)
  }

  /// Puts a value of the same type in.
  func write(_ value: HostTensor, dnnl: DNNLContext) {
    noteReplacement()
    guard let layout else { return fill(value) }
    let plain = AlignedMemory(byteCount: value.byteCount)
    Storage.copy(value, to: plain.pointer)
    layout.convert(from: plain, to: memory, in: dnnl)
  }

  /// Notes that a program has replaced the elements.
  func noteReplacement() { version += 1 }

  /// The value in row-major order.
  func read(dnnl: DNNLContext) -> HostTensor {
    guard let layout else { return Storage.tensor(type, at: memory.pointer) }
    let plain = AlignedMemory(byteCount: type.byteCount)
    layout.convert(to: plain, from: memory, in: dnnl)
    return Storage.tensor(type, at: plain.pointer)
  }

  /// Reorders the elements, which lie in row-major order, into a layout.
  func adopt(_ layout: BlockedLayout, dnnl: DNNLContext) {
    let blocked = AlignedMemory(byteCount: layout.byteCount)
    layout.convert(from: memory, to: blocked, in: dnnl)
    memory = blocked
    self.layout = layout
    generation += 1
  }

  private func fill(_ value: HostTensor) { Storage.copy(value, to: memory.pointer) }

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

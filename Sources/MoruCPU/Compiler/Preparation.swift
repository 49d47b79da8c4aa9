import CKernels
import MoruGraph
import MoruTensors

/// The steps that make invariant values of parameters: folded scales, kernels in another layout.
///
/// They run before the first run of a program, and again when somebody has written a parameter.
final class Preparation {
  /// Whether all parameters are finite.
  private(set) var isFinite = true

  private let steps: [any Step]
  private let map: MemoryMap
  /// Buffers that only the preparation itself needs, with their sizes.
  private let temporary: [(buffer: Int, byteCount: Int)]
  private let parameters: [Storage]
  private var versions: [Int]?

  /// - Parameter temporary: Buffers that have no memory in `map`.
  init(
    _ steps: [any Step], _ map: MemoryMap, temporary: [(buffer: Int, byteCount: Int)],
    parameters: [Storage]
  ) {
    self.steps = steps
    self.map = map
    self.temporary = temporary
    self.parameters = parameters
  }

  /// Makes the invariant values anew if a parameter has changed.
  func update() {
    let present = parameters.map(\.version)
    guard present != versions else { return }
    versions = present
    isFinite = parameters.allSatisfy(\.isFinite)
    guard !steps.isEmpty else { return }
    var buffers = map.buffers
    let memories = temporary.map { AlignedMemory(byteCount: $0.byteCount) }
    for (place, memory) in zip(temporary, memories) { buffers[place.buffer] = memory.pointer }
    let whole = MemoryMap(buffers: buffers, scratch: map.scratch)
    for step in steps {
      step.bind(whole)
      step.run()
    }
    withExtendedLifetime(memories) {}
  }
}

extension Storage {
  /// Whether no element is NaN or infinite.
  fileprivate var isFinite: Bool {
    type.dtype != .float32 || ck_is_finite_f32(memory.pointer, Int64(type.shape.elementCount))
  }
}

extension HostTensor {
  /// Whether no element is NaN or infinite.
  var isFinite: Bool {
    guard dtype == .float32 else { return true }
    return withUnsafeBytes { bytes in
      bytes.baseAddress.map { ck_is_finite_f32($0, Int64(count)) } ?? true
    }
  }
}

import CKernels

/// A function in machine code, in memory of its own that runs it.
final class MachineCode {
  let function: ck_code
  private let byteCount: Int

  /// Whether this processor has the instructions that are generated.
  static let isSupported = StepSummary.vectorKernel == "x86-64-v4"

  /// - Returns: nil if the system gives no memory that runs code.
  init?(_ bytes: [UInt8]) {
    guard let function = ck_map_code(bytes, bytes.count) else { return nil }
    self.function = function
    byteCount = bytes.count
  }

  deinit { ck_unmap_code(function, byteCount) }
}

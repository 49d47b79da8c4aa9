import CKernels
import Foundation
import MoruTensors
import Testing

/// The C kernels by themselves: odd sizes, unaligned memory, splits over threads.
@Suite struct KernelTests {
  /// Calls `body` with memory that begins one element into a cache line.
  private func unaligned<T>(
    _ values: [T], _ body: (UnsafeMutableRawPointer) throws -> Void
  ) rethrows -> [T] where T: BitwiseCopyable {
    let size = values.count * MemoryLayout<T>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 128, alignment: 64)
    defer { memory.deallocate() }
    let start = memory + MemoryLayout<T>.stride
    values.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(start: start, count: size).copyMemory(from: bytes)
    }
    try body(start)
    return (0..<values.count).map {
      start.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self)
    }
  }

  @Test func vectorFunctionsWorkInPlaceAtAnySize() throws {
    let function = try #require(ck_elementwise_function(CK_EXP, CK_F32))
    for count in 0...70 {
      let values = (0..<count).map { Float($0) * 0.37 - 11 }
      let found = unaligned(values) { function($0, $0, $0, $0, Int64(count)) }
      for (x, y) in zip(values, found) { #expect(abs(y - exp(x)) <= 2 * exp(x).ulp) }
    }
  }

  @Test func everyElementTypeHasItsOperations() {
    let floating = [CK_F32, CK_F64]
    for type in floating + [CK_I32, CK_I64, CK_U8] {
      for operation in [CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_REMAINDER, CK_MAXIMUM] {
        #expect(ck_elementwise_function(operation, type) != nil)
      }
      #expect((ck_elementwise_function(CK_ERF, type) != nil) == floating.contains(type))
    }
    #expect(ck_elementwise_function(CK_NOT, CK_BOOL) != nil)
  }

  @Test func wholeNumbersNeverTrap() throws {
    let values: [Int32] = [.min, -7, -1, 0, 1, 7, .max]
    for (operation, expected) in [
      (CK_DIVIDE, { (a: Int32, b: Int32) in b == 0 ? 0 : a.dividedReportingOverflow(by: b).0 }),
      (CK_REMAINDER, { (a: Int32, b: Int32) in b == 0 || b == -1 ? 0 : a % b }),
    ] {
      let function = try #require(ck_elementwise_function(operation, CK_I32))
      for divisor in values {
        let divisors = [Int32](repeating: divisor, count: values.count)
        let found = unaligned(values) { function($0, $0, divisors, divisors, Int64(values.count)) }
        #expect(found == values.map { expected($0, divisor) })
      }
    }
  }

  /// The counter-based generator's published numbers, through the reference in MoruTensors.
  @Test func randomNumbersFollowPhilox() {
    let key: UInt64 = 0xDEAD_BEEF_0123_4567
    let step: UInt64 = 0x0000_0003_0000_0009
    for count in [1, 4, 63, 64, 65, 129, 1000] {
      var found = [Float](repeating: -1, count: count)
      ck_uniform_f32(&found, Int64(count), key, step, 5, 2)
      for (place, value) in found.enumerated() {
        let words = Philox.words(
          counter: SIMD4(UInt32(place / 4), 5, UInt32(truncatingIfNeeded: step), 3),
          key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
        #expect(value == Float(words[place % 4] >> 8) * 0x1p-24)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 7])
  func rangesCoverEverythingOnce(_ threads: Int) {
    for unit in [1, 5, 64, 2000] {
      var counts = [Int32](repeating: 0, count: 1003)
      ck_parallel(
        Int32(threads), 1003, Int64(unit),
        { context, begin, end, _ in
          guard let context else { return }
          let counts = context.assumingMemoryBound(to: Int32.self)
          for place in Int(begin)..<Int(end) { counts[place] += 1 }
        }, &counts)
      #expect(counts.allSatisfy { $0 == 1 })
    }
  }

  @Test func copiesBetweenStrides() {
    let source = (0..<60).map { Int64($0) }
    var target = [Int64](repeating: -1, count: 60)
    // [3, 4, 5] to [5, 3, 4], the middle axis backwards.
    source.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      ck_copy_strided(&target, [4, 1, 12], start + 15, [20, -5, 1], [3, 4, 5], 3, 8, 2)
    }
    for a in 0..<3 {
      for b in 0..<4 {
        for c in 0..<5 { #expect(target[c * 12 + a * 4 + b] == Int64(a * 20 + (3 - b) * 5 + c)) }
      }
    }
  }
}

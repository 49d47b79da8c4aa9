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

  @Test func twoOperandFunctionsWorkInPlaceAtAnySize() throws {
    let cases: [(ck_operation, (Double, Double) -> Double)] = [
      (CK_POWER, { pow($0, $1) }), (CK_REMAINDER, { fmod($0, $1) }),
      (CK_SIN, { x, _ in sin(x) }), (CK_COS, { x, _ in cos(x) }),
    ]
    for (operation, expected) in cases {
      let function = try #require(ck_elementwise_function(operation, CK_F32))
      for count in 0...40 {
        let a = (0..<count).map { Float($0) * 0.61 + (operation == CK_POWER ? 0.1 : -9) }
        let b = (0..<count).map { Float($0 % 9) - 3.5 }
        let isBinary = operation == CK_POWER || operation == CK_REMAINDER
        let found = unaligned(a) { place in
          b.withUnsafeBytes { second in
            function(
              place, place, isBinary ? second.baseAddress : UnsafeRawPointer(place), place,
              Int64(count))
          }
        }
        for (place, y) in found.enumerated() {
          let exact = expected(Double(a[place]), Double(b[place]))
          #expect(abs(Double(y) - exact) <= 2e-7 * max(1, abs(exact)), "\(operation) \(a[place])")
        }
      }
    }
  }

  /// Zeros, infinities, NaN, negative bases and arguments too large for lanes follow the C library.
  @Test func rareArgumentsFollowTheLibrary() throws {
    let values: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, -3, .leastNonzeroMagnitude, 3e38, 1e5, -2.5, 2, 0.5,
    ]
    for (operation, expected) in [
      (CK_POWER, { (x: Float, y: Float) in powf(x, y) }), (CK_REMAINDER, { fmodf($0, $1) }),
      (CK_SIN, { x, _ in sinf(x) }), (CK_COS, { x, _ in cosf(x) }),
    ] {
      let function = try #require(ck_elementwise_function(operation, CK_F32))
      let isBinary = operation == CK_POWER || operation == CK_REMAINDER
      for second in values {
        let others = [Float](repeating: second, count: values.count)
        var found = values
        found.withUnsafeMutableBytes { bytes in
          others.withUnsafeBytes { other in
            function(
              bytes.baseAddress, values,
              isBinary ? other.baseAddress : UnsafeRawPointer(bytes.baseAddress), values,
              Int64(values.count))
          }
        }
        for (x, y) in zip(values, found) {
          let exact = expected(x, second)
          let fits = (exact.isNaN && y.isNaN) || y == exact || abs(y - exact) <= 2 * exact.ulp
          #expect(fits, "\(operation) of \(x) and \(second) is \(y), not \(exact)")
        }
      }
    }
  }

  @Test func reducesOverAnyAxes() {
    let sizes: [Int64] = [3, 5, 7, 37]
    let count = 3 * 5 * 7 * 37
    let values: [Float] = (0..<count).map { Float($0 * 37 % 101 - 50) }
    for isFirstReduced in [true, false] {
      let isReduced = sizes.indices.map { ($0 % 2 == 0) == isFirstReduced }
      var expected: [Int: Float] = [:]
      for (place, value) in values.enumerated() {
        let (inner, outer) = (place % 37, place / 37)
        let (c, b, a) = (outer % 7, outer / 7 % 5, outer / 35)
        let key = isFirstReduced ? b * 37 + inner : a * 7 + c
        expected[key, default: 0] += value
      }
      for threads in [1, 3] {
        var found = [Float](repeating: -1, count: expected.count)
        ck_reduce(&found, values, false, CK_SUM, sizes, isReduced, 4, Int32(threads))
        for (place, y) in found.enumerated() { #expect(y == expected[place]) }
      }
    }
  }

  @Test func findsTheFirstGreatest() {
    for (size, inner) in [(1, 1), (63, 1), (64, 1), (1000, 1), (9, 5), (7, 300)] {
      let count = 3 * size * inner
      var values: [Float] = (0..<count).map { Float($0 * 7919 % 97) }
      if count > 50 { values[50] = .nan }
      var found = [Int32](repeating: -1, count: 3 * inner)
      ck_arg_max(&found, values, CK_F32, 3, Int64(size), Int64(inner), 2)
      for (place, index) in found.enumerated() {
        let start = place / inner * size * inner + place % inner
        let row = (0..<size).map { values[start + $0 * inner] }
        let greatest = row.max() ?? 0
        let expected = row.firstIndex { $0.isNaN } ?? row.firstIndex(of: greatest)
        #expect(Int(index) == expected)
      }
    }
  }

  @Test func multipliesDoublesWithAnyStrides() {
    let (m, k, n) = (7, 131, 37)
    let a: [Double] = (0..<2 * m * k).map { Double($0 * 31 % 17 - 8) }
    let b: [Double] = (0..<2 * k * n).map { Double($0 * 13 % 19 - 9) }
    // Left row by row, right column by column.
    let left = [m * k, k, 1].map(Int64.init)
    let right = [k * n, 1, k].map(Int64.init)
    for threads in [1, 2, 3] {
      var found = [Double](repeating: .nan, count: 2 * m * n)
      ck_multiply(
        &found, a, b, CK_F64, 2, Int64(m), Int64(k), Int64(n), left, right, Int32(threads))
      for (place, y) in found.enumerated() {
        let (batch, row, column) = (place / n / m, place / n % m, place % n)
        let first = (batch * m + row) * k
        let second = (batch * n + column) * k
        var exact = 0.0
        for index in 0..<k { exact += a[first + index] * b[second + index] }
        #expect(y == exact)
      }
    }
  }

  @Test func transposesBlocksAndEdges() {
    for (rows, columns) in [(8, 8), (9, 17), (64, 33), (5, 100)] {
      let source = (0..<2 * rows * columns).map { Int32($0) }
      var target = [Int32](repeating: -1, count: source.count)
      let to = [rows * columns, rows, 1].map(Int64.init)
      let from = [rows * columns, 1, columns].map(Int64.init)
      ck_copy_strided(&target, to, source, from, [2, Int64(columns), Int64(rows)], 3, 4, 2)
      for (place, value) in target.enumerated() {
        let (batch, column, row) = (place / rows / columns, place / rows % columns, place % rows)
        let expected = (batch * rows + row) * columns + column
        #expect(Int(value) == expected)
      }
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

  /// Runs of every length, shared among threads within and between the axes around them.
  @Test(arguments: 1...17)
  func copiesRuns(length: Int) {
    let source = (0..<(7 * 5 * 20)).map { Int32($0) }
    var target = [Int32](repeating: -1, count: 5 * 7 * length)
    // [7, 5, 20] to [5, 7, length].
    ck_copy_strided(
      &target, [Int64(length), Int64(7 * length), 1], source, [100, 20, 1],
      [7, 5, Int64(length)], 3, 4, 3)
    var expected: [Int32] = []
    for b in 0..<5 {
      for a in 0..<7 { expected += source[(a * 100 + b * 20)...].prefix(length) }
    }
    #expect(target == expected)
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

import CKernels
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Products of few and many rows, columns and terms, with either operand transposed.
@Suite struct ProductTests {
  @Test(
    arguments: [
      (1, 1, 1), (1, 8, 32), (1, 64, 10), (1, 100, 129), (3, 17, 5), (7, 33, 65), (64, 1, 10),
      (31, 1, 1), (1, 300, 1), (5, 48, 63), (2, 401, 130), (129, 385, 97), (160, 7, 113),
      (13, 777, 65), (200, 100, 50),
    ])
  func agreeWithTheReference(m: Int, k: Int, n: Int) async throws {
    let left = sample(.float32, [m, k], seed: 1)
    let right = sample(.float32, [k, n], seed: 2)
    let bias = sample(.float32, [n], seed: 3)
    func transposed(_ tensor: Tensor) -> Tensor { tensor.transposed([1, 0]) }
    let x = Tensor.placeholder(left.type)
    let w = Tensor.placeholder(right.type)
    let b = Tensor.placeholder(bias.type)
    let graph = try Graph(
      inputs: [x, w, b],
      results: [
        matmul(x, w), matmul(x, w) + b, transposed(matmul(transposed(w), transposed(x))),
        relu(matmul(x, w)), clip(matmul(x, w) + b, -2, 9), relu(matmul(x, w) + b),
      ])
    let inputs = [left, right, bias]
    let expected = try await ReferenceExecutor().compile(graph).run(inputs)
    let executor = CPUExecutor(threads: 1)
    let program = try await executor.compile(graph)
    for (found, value) in zip(try await program.run(inputs), expected) {
      try expectClose(found, value, tolerance: 1e-5, "\(m)×\(k)×\(n)")
    }
    // Without wide vectors oneDNN computes the larger ones.
    guard m * k * n <= 32 << 10 else { return }
    let kernels = try await executor.explanation(of: program).steps.filter { $0.kind == "dot" }
    #expect(kernels.allSatisfy { $0.implementation == String(cString: ck_instruction_set()) })
  }

  @Test(arguments: [(1, 64, 80), (40, 30, 70)])
  func activatedProductsKeepNaN(m: Int, k: Int, n: Int) async throws {
    let x = Tensor.placeholder(TensorType(.float32, [m, k]))
    let w = Tensor.placeholder(TensorType(.float32, [k, n]))
    let graph = try Graph(inputs: [x, w], results: [relu(matmul(x, w))])
    var numbers = [Float](repeating: -1, count: m * k)
    numbers[0] = .nan
    let weights = [Float](repeating: 1, count: k * n)
    let program = try await CPUExecutor(threads: 2).compile(graph)
    let found: [Float] = try await program.run([
      HostTensor(numbers, shape: [m, k]), HostTensor(weights, shape: [k, n]),
    ])[0].array()
    #expect(found.prefix(n).allSatisfy { $0.isNaN })
    #expect(found.dropFirst(n).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [(1, 40, 7), (4, 5, 70), (2, 16, 64), (3, 31, 9), (40, 390, 75)])
  func transposedRightOperandsAndUnalignedMemoryWork(m: Int, k: Int, n: Int) {
    let a = Seed(1).uniform(count: m * k).map { Float($0) - 0.5 }
    let b = Seed(2).uniform(count: k * n).map { Float($0) - 0.5 }
    let pad = [Float](repeating: .nan, count: 16)
    func product(rightRow: Int, rightColumn: Int, _ right: [Float]) -> [Float] {
      let shape = ck_product(
        outer: 1, inner: 1, m: Int64(m), k: Int64(k), n: Int64(n),
        left: ck_strides(outer: 0, inner: 0, row: Int64(k), column: 1),
        right: ck_strides(
          outer: 0, inner: 0, row: Int64(rightRow), column: Int64(rightColumn)),
        result: ck_strides(outer: 0, inner: 0, row: Int64(n), column: 1), is_clipped: false, low: 0,
        high: 0)
      var panels = [Float](repeating: .nan, count: 3 * Int(CK_PANEL_ELEMENTS))
      // An element off the vectors' alignment, with NaN behind the end that may be read.
      let (left, right) = ([0] + a + pad, [0] + right + pad)
      var y = [Float](repeating: 7, count: m * n + 1)
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          y.withUnsafeMutableBufferPointer { y in
            guard let x = left.baseAddress, let w = right.baseAddress, let target = y.baseAddress
            else { return }
            withUnsafePointer(to: shape) {
              ck_product_f32($0, target, x + 1, w + 1, nil, &panels, 3)
            }
          }
        }
      }
      #expect(y.last == 7)
      return y.dropLast()
    }
    let mirrored = (0..<n).flatMap { column in (0..<k).map { b[$0 * n + column] } }
    let rows = product(rightRow: n, rightColumn: 1, b)
    let dots = product(rightRow: 1, rightColumn: k, mirrored)
    for row in 0..<m {
      for column in 0..<n {
        let exact = (0..<k).reduce(0.0) {
          $0 + Double(a[row * k + $1]) * Double(b[$1 * n + column])
        }
        #expect(abs(Double(rows[row * n + column]) - exact) < 1e-5)
        #expect(abs(Double(dots[row * n + column]) - exact) < 1e-5)
      }
    }
  }
}

import CKernels
import Foundation
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Convolutions in tiles with few products agree with plain loops: the C kernels by themselves at odd
/// sizes and unaligned places, and programs at shapes for which they are chosen.
@Suite struct TileTests {
  /// A convolution of square windows.
  struct Case: Sendable {
    let filter: ck_filter
    /// The filter of the input's gradient.
    let transposed: ck_filter
    let taps, stride, low: Int
    let input, output: [Int]
    var batch = 2
    var channels = 19
    var features = 37
  }

  static let cases: [Case] = [
    Case(
      filter: CK_FILTER_3X3, transposed: CK_FILTER_3X3, taps: 3, stride: 1, low: 0,
      input: [5, 9], output: [3, 7]),
    Case(
      filter: CK_FILTER_4X3, transposed: CK_FILTER_4X3, taps: 3, stride: 1, low: 1,
      input: [9, 6], output: [9, 6], batch: 3, channels: 70),
    Case(
      filter: CK_FILTER_5X3, transposed: CK_FILTER_4X3, taps: 3, stride: 1, low: 2,
      input: [4, 7], output: [6, 9], features: 16),
    Case(
      filter: CK_FILTER_4X5, transposed: CK_FILTER_4X5, taps: 5, stride: 1, low: 2,
      input: [7, 3], output: [7, 3], batch: 40, features: 3),
    Case(
      filter: CK_FILTER_4X5, transposed: CK_FILTER_4X5, taps: 5, stride: 1, low: 5,
      input: [3, 2], output: [8, 6], channels: 5),
    Case(
      filter: CK_FILTER_4X5_BY_2, transposed: CK_FILTER_8X5_BY_HALF, taps: 5, stride: 2, low: 1,
      input: [14, 8], output: [7, 4]),
    Case(
      filter: CK_FILTER_4X5_BY_2, transposed: CK_FILTER_8X5_BY_HALF, taps: 5, stride: 2, low: 0,
      input: [10, 19], output: [3, 8], channels: 66),
    Case(
      filter: CK_FILTER_4X5_BY_2, transposed: CK_FILTER_8X5_BY_HALF, taps: 5, stride: 2, low: 3,
      input: [4, 7], output: [4, 5], features: 64),
    // Many products in a sum, where rounding errors are greatest.
    Case(
      filter: CK_FILTER_4X5, transposed: CK_FILTER_4X5, taps: 5, stride: 1, low: 2,
      input: [7, 7], output: [7, 7], batch: 8, channels: 256, features: 16),
  ]

  @Test(arguments: cases.indices)
  func kernelsAgreeWithLoops(_ index: Int) {
    let (shape, loops) = (Self.cases[index], Loops(Self.cases[index]))
    var first: [[Float]]?
    for threads: Int32 in 1...3 {
      let found = [
        loops.forward(threads), loops.inputGradient(threads), loops.kernelGradient(threads),
      ]
      if threads == 1 {
        expectClose(found[0], loops.expected.y)
        expectClose(found[1], loops.expected.dx)
        expectClose(found[2], loops.expected.dk)
        first = found
      }
      #expect(found == first, "\(shape) on \(threads) threads")
    }
  }

  private func expectClose(_ found: [Float], _ expected: [Double]) {
    let scale = expected.map(abs).max() ?? 0
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) <= 1e-5 * scale })
  }

  /// What follows a convolution is done in its order, and NaN stays NaN.
  @Test func resultsAreClipped() {
    let loops = Loops(Self.cases[1])
    var filtering = loops.filtering
    filtering.activation = ck_activation(low: -0.5, high: 2, is_swish: false)
    let bias = Loops.numbers(loops.shape.features, seed: 8)
    var residual = Loops.numbers(loops.expected.y.count, seed: 9)
    residual[5] = .nan
    let found = loops.forward(2, filtering, bias: bias, residual: residual)
    for (place, value) in found.enumerated() {
      let sum = loops.expected.y[place] + Double(bias[place % loops.shape.features])
      let exact = min(max(sum + Double(residual[place]), -0.5), 2)
      #expect(place == 5 ? value.isNaN : abs(Double(value) - exact) <= 1e-4)
    }
  }

  @Test func swishIsApplied() {
    let loops = Loops(Self.cases[1])
    var filtering = loops.filtering
    filtering.activation.is_swish = true
    for (value, x) in zip(loops.forward(2, filtering), loops.expected.y) {
      let exact = x / (1 + Foundation.exp(-x))
      #expect(abs(Double(value) - exact) <= 1e-4)
    }
  }

  /// A convolution of square pictures for which tiles are chosen.
  struct Chosen: Sendable {
    let batch, size, channels, features, taps: Int
    var stride = 1
    var padding = PaddingMode.same
  }

  static let chosen: [Chosen] = [
    Chosen(batch: 1, size: 20, channels: 32, features: 48, taps: 3),
    Chosen(batch: 2, size: 19, channels: 48, features: 32, taps: 3),
    Chosen(batch: 4, size: 13, channels: 32, features: 32, taps: 3, padding: .valid),
    Chosen(batch: 4, size: 7, channels: 32, features: 48, taps: 5),
    Chosen(batch: 6, size: 14, channels: 48, features: 64, taps: 5, stride: 2),
  ]

  @Test(arguments: chosen.indices)
  func programsAgreeWithTheReference(_ index: Int) async throws {
    let shape = Self.chosen[index]
    let x = Tensor.placeholder(
      TensorType(.float32, [shape.batch, shape.size, shape.size, shape.channels]))
    let kernel = Tensor.placeholder(
      TensorType(.float32, [shape.taps, shape.taps, shape.channels, shape.features]))
    let convolved = convolution(
      x, kernel, strides: [shape.stride, shape.stride], padding: shape.padding, dilation: [1, 1])
    let g = Tensor.placeholder(convolved.type)
    let y = relu(convolved)
    let graph = try Graph(
      inputs: [x, kernel, g], results: [y] + gradients(of: (y * g).sum(), at: [x, kernel]))
    let inputs = graph.inputTypes.enumerated().map {
      sample(.float32, $1.shape, seed: UInt64($0 + 1))
    }
    let program = try await CPUExecutor.shared.compile(graph)
    let steps = try await CPUExecutor.shared.explanation(of: program).steps
    #expect(steps.count { $0.kind.hasPrefix("convolution") && $0.detail.contains("in tiles") } == 3)
    let found = try await program.run(inputs)
    let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
    for (a, b) in zip(found, expected) { try MoruCPUTests.expectClose(a, b, tolerance: 1e-5) }
  }
}

/// A convolution and its gradients by plain loops, and by kernels on memory one element into a line.
private struct Loops {
  let shape: TileTests.Case
  let x, dy, kernel: [Float]
  let expected: (y: [Double], dx: [Double], dk: [Double])

  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    Seed(seed).uniform(count: count).map { Float($0 * 2 - 1) }
  }

  init(_ shape: TileTests.Case) {
    let (input, output) = (shape.input, shape.output)
    let x = Self.numbers(shape.batch * input[0] * input[1] * shape.channels, seed: 1)
    let dy = Self.numbers(shape.batch * output[0] * output[1] * shape.features, seed: 2)
    let kernel = Self.numbers(
      shape.taps * shape.taps * shape.channels * shape.features, seed: 3)
    var y = [Double](repeating: 0, count: dy.count)
    var dx = [Double](repeating: 0, count: x.count)
    var dk = [Double](repeating: 0, count: kernel.count)
    for place in 0..<(shape.batch * output[0] * output[1]) {
      let (image, row, column) = (
        place / output[1] / output[0], place / output[1] % output[0], place % output[1]
      )
      for tap in 0..<(shape.taps * shape.taps) {
        let i = row * shape.stride - shape.low + tap / shape.taps
        let j = column * shape.stride - shape.low + tap % shape.taps
        guard (0..<input[0]).contains(i), (0..<input[1]).contains(j) else { continue }
        let from = ((image * input[0] + i) * input[1] + j) * shape.channels
        for c in 0..<shape.channels {
          for k in 0..<shape.features {
            let (weight, result) = (
              (tap * shape.channels + c) * shape.features + k, place * shape.features + k
            )
            y[result] += Double(x[from + c]) * Double(kernel[weight])
            dx[from + c] += Double(dy[result]) * Double(kernel[weight])
            dk[weight] += Double(dy[result]) * Double(x[from + c])
          }
        }
      }
    }
    (self.shape, self.x, self.dy, self.kernel, expected) = (shape, x, dy, kernel, (y, dx, dk))
  }

  var filtering: ck_filtering {
    var result = ck_filtering()
    result.filter = shape.filter
    (result.batch, result.channels) = (Int64(shape.batch), Int64(shape.channels))
    result.features = Int64(shape.features)
    result.input = (Int64(shape.input[0]), Int64(shape.input[1]))
    result.output = (Int64(shape.output[0]), Int64(shape.output[1]))
    result.padding_low = (Int64(shape.low), Int64(shape.low))
    result.activation = ck_activation(low: -.infinity, high: .infinity, is_swish: false)
    return result
  }

  func forward(
    _ threads: Int32, _ filtering: ck_filtering? = nil, bias: [Float]? = nil,
    residual: [Float]? = nil
  ) -> [Float] {
    convolve(
      threads, filtering ?? self.filtering, x, isTransposed: false, bias, residual,
      count: dy.count)
  }

  func inputGradient(_ threads: Int32) -> [Float] {
    var filtering = filtering
    filtering.filter = shape.transposed
    swap(&filtering.channels, &filtering.features)
    swap(&filtering.input, &filtering.output)
    let low = Int64(shape.stride == 1 ? shape.taps - 1 - shape.low : shape.low)
    filtering.padding_low = (low, low)
    return convolve(threads, filtering, dy, isTransposed: true, nil, nil, count: x.count)
  }

  func kernelGradient(_ threads: Int32) -> [Float] {
    let filtering = filtering
    return withUnsafePointer(to: filtering) { filtering in
      let scratch = Unaligned(count: Int(ck_filtering_gradient_scratch_bytes(filtering)) / 4)
      let (x, dy) = (Unaligned(x), Unaligned(dy))
      let result = Unaligned(count: kernel.count)
      ck_filtering_kernel_gradient_f32(
        filtering, result.start, x.start, dy.start, scratch.start, threads)
      return result.values
    }
  }

  private func convolve(
    _ threads: Int32, _ filtering: ck_filtering, _ pictures: [Float], isTransposed: Bool,
    _ bias: [Float]?, _ residual: [Float]?, count: Int
  ) -> [Float] {
    withUnsafePointer(to: filtering) { f in
      let packed = Unaligned(
        count: Int(ck_filter_kernel_bytes(filtering.filter, filtering.channels, filtering.features))
          / 4)
      let scratch = Unaligned(count: Int(ck_filtering_scratch_bytes(f, threads)) / 4)
      let (pictures, kernel) = (Unaligned(pictures), Unaligned(kernel))
      let (bias, residual) = (bias.map { Unaligned($0) }, residual.map { Unaligned($0) })
      let result = Unaligned(count: count)
      ck_filter_pack_f32(f, packed.start, kernel.start, isTransposed, threads)
      ck_filtering_f32(
        f, result.start, pictures.start, packed.start, bias?.start, residual?.start,
        scratch.start, threads)
      return result.values
    }
  }
}

/// Numbers that begin one element into a cache line.
private final class Unaligned {
  let start: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutableRawPointer
  private let count: Int

  init(count: Int) {
    memory = .allocate(byteCount: (count + 1) * 4, alignment: 64)
    start = (memory + 4).bindMemory(to: Float.self, capacity: count)
    start.initialize(repeating: .nan, count: count)
    self.count = count
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (place, value) in values.enumerated() { start[place] = value }
  }

  deinit { memory.deallocate() }

  var values: [Float] { (0..<count).map { start[$0] } }
}

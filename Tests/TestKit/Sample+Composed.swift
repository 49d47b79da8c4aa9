import MoruGraph
import MoruTensors

extension Sample {
  /// At least one for every public operation that is composed of primitives.
  public static let composed = activations + mixtures

  private static let activations: [Sample] =
    [
      function("relu", at: notZero) { relu($0) },
      function("relu6", at: notZero) { relu6(3 * $0) },
      function("leakyRelu", at: notZero) { leakyRelu($0) },
      function("elu", at: notZero) { elu($0, alpha: 1.3) },
      function("selu", at: notZero) { selu($0) },
      function("gelu") { gelu($0) },
      function("gelu approximate") { gelu($0, approximate: true) },
      function("silu") { silu($0) },
      function("softplus") { softplus($0) },
      function("softsign", at: notZero) { softsign($0) },
      function("mish") { mish($0) },
      function("hardSigmoid", at: notZero) { hardSigmoid(1.6 * $0) },
      function("relu with options", at: notZero) {
        relu($0, negativeSlope: 0.2, maxValue: 1.3, threshold: 0.5)
      },
      function("celu", at: notZero) { celu($0, alpha: 1.3) },
      function("hardSilu", at: notZero) { hardSilu(1.6 * $0) },
      function("steepHardSigmoid", at: notZero) { steepHardSigmoid(1.9 * $0) },
      function("sparseSigmoid", at: notZero) { sparseSigmoid($0) },
      function("logSigmoid") { logSigmoid($0) },
      function("hardTanh", at: notZero) { hardTanh($0) },
      function("tanhShrink") { tanhShrink($0) },
      function("softShrink", at: notZero) { softShrink($0) },
      function("hardShrink", at: notZero) { hardShrink($0) },
      function("threshold", at: notZero) { threshold($0, 0.5, value: -1) },
      function("squareplus") { squareplus($0) },
      function("sparsePlus", at: notZero) { sparsePlus($0) },
      function("sparsemax") { sparsemax($0) },
      function("softmax") { softmax($0) },
      function("softmax of columns") { softmax($0, axis: 0) },
      function("logSoftmax") { logSoftmax($0) },
      function("square") { square($0) },
      function("clip", at: notZero) { clip($0, -1.13, 0.97) },
      function("mean") { $0.mean(axes: [1]) },
      function("variance") { $0.variance(axes: [0], keepingAxes: true) },
      function("cumulative product of sums") { $0.cumulativeSum(axis: -1) * $0.sum(axes: [0]) },
      function("layer normalization") { x in
        (x - x.mean(axes: [-1], keepingAxes: true))
          * rsqrt(x.variance(axes: [-1], keepingAxes: true) + 1e-3)
      },
    ].flatMap { $0 }

  private static let mixtures: [Sample] = [
    broadcasting,
    pair("checkpointed chain", [2, 3], [2, 3]) { x, y in
      let z = checkpointed([x]) { [tanh($0[0] * y) * exp($0[0])] }[0]
      return checkpointed([z, y]) { [sin($0[0]) * $0[1]] }[0] + z
    },
    pair("matmul", [2, 3, 4], [4, 2]) { matmul($0, $1) },
    pair("glu", [3, 2], [3, 2]) { glu(concatenate([$0, $1], axis: -1)) },
    pair("einsum", [2, 3, 4], [5, 4, 3]) { einsum("abc,dcb->da", $0, $1) },
    pair("einsum with dots and sums", [2, 3, 4], [4, 2, 3]) { einsum("...b,bce->...c", $0, $1) },
    pair("batched matmul", [2, 3, 4], [2, 4, 2]) { matmul($0, $1) },
    pair("convolution then pooling", [2, 6, 6, 2], [3, 3, 2, 3]) { x, kernel in
      let y = convolution(x, kernel, strides: [1, 1], padding: .same, dilation: [1, 1])
      return averagePool(tanh(y), sizes: [3, 3], strides: [2, 2], padding: .same)
    },
    pair("maxPool same", [1, 5, 4, 2], [2]) {
      maxPool($0, sizes: [2, 2], strides: [2, 2], padding: .same) * $1
    },
    pair("concatenate, pad, slice, reverse", [3, 2], [3, 1]) { x, y in
      concatenate([x, y], axis: -1).padded(low: [1, 0], high: [0, 2], value: 0.5)
        .sliced(1..<5, axis: 1, stride: 2).reversed(axes: [0])
    },
    pair("expand and gather", [4, 2], [2]) {
      $0.gathered(Tensor(HostTensor([2, 0, 2] as [Int32]))).expanded(at: 1) * $1
    },
    [DType.float32, .float64].map { dtype in
      Sample("random normal \(dtype.shortName)", [HostTensor([7, 3] as [Int64])]) {
        .randomNormal([5, 3], seed: $0[0], stream: 2, dtype: dtype)
      }
    },
    [DType.int32, .int64, .uint8].map { dtype in
      Sample("oneHot \(dtype.shortName)", [Values.vector([0, 2, 1, 5], dtype)], isExact: true) {
        $0[0].oneHot(depth: 3)
      }
    },
  ].flatMap { $0 }

  private static let broadcasting: [Sample] = {
    let cases: [(Shape, Shape)] = [
      ([3, 1], [4]), ([2, 1, 3], [5, 1]), ([], [2, 2]), ([1], [0]), ([2, 3], [2, 3]),
    ]
    return cases.flatMap { left, right in
      pair("broadcasting \(left) with \(right)", left, right) { $0 * $1 - $1 / ($0 + 5) }
    }
  }()

  private static let notZero: ClosedRange<Double> = -1.9...2.1

  private static func function(
    _ name: String, at range: ClosedRange<Double> = -2...2,
    _ draw: @escaping @Sendable (Tensor) -> Tensor
  ) -> [Sample] {
    [DType.float32, .float64].map { dtype in
      Sample(
        "\(name) \(dtype.shortName)", [Values.spread([3, 5], dtype, in: range)],
        smoothDomain: "no element within 0.01 of a kink"
      ) { draw($0[0]) }
    }
  }

  private static func pair(
    _ name: String, _ left: Shape, _ right: Shape,
    _ draw: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> [Sample] {
    [DType.float32, .float64].map { dtype in
      Sample(
        "\(name) \(dtype.shortName)",
        [Values.spread(left, dtype), Values.spread(right, dtype, seed: 2)],
        smoothDomain: "no two alike"
      ) { draw($0[0], $0[1]) }
    }
  }
}

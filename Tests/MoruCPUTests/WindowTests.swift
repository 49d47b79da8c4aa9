import MoruGraph
import MoruTensors
import Testing

/// A convolution to try.
struct ConvolutionCase: Sendable {
  var input: Shape
  var window: [Int]
  var features: Int
  var strides: [Int]
  var padding: [Padding]
  var dilation: [Int]
  var groups = 1
}

/// Convolutions and pooling agree with the reference.
@Suite struct WindowTests {
  static let cases: [ConvolutionCase] = [
    ConvolutionCase(
      input: [2, 8, 9, 3], window: [3, 3], features: 5, strides: [1, 1],
      padding: [Padding(0, 0), Padding(0, 0)], dilation: [1, 1]),
    ConvolutionCase(
      input: [2, 8, 9, 16], window: [3, 3], features: 32, strides: [1, 1],
      padding: [Padding(1, 1), Padding(1, 1)], dilation: [1, 1]),
    ConvolutionCase(
      input: [3, 7, 7, 17], window: [3, 2], features: 19, strides: [2, 3],
      padding: [Padding(0, 1), Padding(2, 0)], dilation: [1, 1]),
    ConvolutionCase(
      input: [1, 9, 9, 4], window: [3, 3], features: 6, strides: [1, 1],
      padding: [Padding(2, 2), Padding(2, 2)], dilation: [2, 3]),
    ConvolutionCase(
      input: [2, 6, 6, 8], window: [3, 3], features: 12, strides: [1, 2],
      padding: [Padding(1, 1), Padding(1, 0)], dilation: [1, 1], groups: 4),
    ConvolutionCase(
      input: [2, 6, 6, 32], window: [3, 3], features: 32, strides: [1, 1],
      padding: [Padding(1, 1), Padding(1, 1)], dilation: [1, 1], groups: 32),
    ConvolutionCase(
      input: [2, 6, 6, 1], window: [3, 3], features: 32, strides: [1, 1],
      padding: [Padding(0, 0), Padding(0, 0)], dilation: [1, 1]),
    ConvolutionCase(
      input: [2, 11, 3], window: [4], features: 5, strides: [2], padding: [Padding(1, 2)],
      dilation: [1]),
    ConvolutionCase(
      input: [1, 5, 6, 4, 3], window: [2, 3, 2], features: 4, strides: [1, 2, 1],
      padding: [Padding(0, 1), Padding(1, 1), Padding(0, 0)], dilation: [1, 1, 1]),
    ConvolutionCase(
      input: [0, 8, 9, 3], window: [3, 3], features: 5, strides: [1, 1],
      padding: [Padding(0, 0), Padding(0, 0)], dilation: [1, 1]),
  ]

  @Test(arguments: cases, PrimitiveTests.floating)
  func convolves(_ sampleCase: ConvolutionCase, _ dtype: DType) async throws {
    let rule = Convolution(
      strides: sampleCase.strides, padding: sampleCase.padding, dilation: sampleCase.dilation,
      groups: sampleCase.groups)
    let channels = sampleCase.input[sampleCase.input.rank - 1]
    let x = sample(dtype, sampleCase.input)
    let kernel = sample(
      dtype, Shape(sampleCase.window + [channels / sampleCase.groups, sampleCase.features]),
      seed: 2)
    try await check(.convolution(rule), [x, kernel], tolerance: 1e-5)
    let dy = sample(dtype, try rule.infer([x.type, kernel.type])[0].shape, seed: 3)
    let sizes = Array(sampleCase.input[1..<sampleCase.input.rank - 1])
    try await check(
      .convolutionInputGradient(ConvolutionInputGradient(convolution: rule, inputSizes: sizes)),
      [dy, kernel], tolerance: 1e-5)
    try await check(
      .convolutionKernelGradient(
        ConvolutionKernelGradient(convolution: rule, window: sampleCase.window)), [x, dy],
      tolerance: 1e-5)
  }

  static let pools: [(Shape, PoolingWindow)] = [
    (
      [2, 8, 9, 3],
      PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [Padding(0, 0), Padding(0, 0)])
    ),
    (
      [2, 7, 7, 32],
      PoolingWindow(sizes: [3, 3], strides: [2, 1], padding: [Padding(1, 1), Padding(0, 2)])
    ),
    ([1, 9, 17], PoolingWindow(sizes: [4], strides: [3], padding: [Padding(2, 1)])),
    (
      [2, 4, 5, 6, 20],
      PoolingWindow(
        sizes: [2, 3, 2], strides: [1, 2, 2],
        padding: [Padding(0, 1), Padding(1, 1), Padding(0, 0)])
    ),
    (
      [0, 8, 8, 3],
      PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [Padding(0, 0), Padding(0, 0)])
    ),
    (
      [3, 2, 2, 0],
      PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [Padding(0, 0), Padding(0, 0)])
    ),
  ]

  @Test(arguments: pools.indices, PrimitiveTests.floating)
  func poolsWindows(_ index: Int, _ dtype: DType) async throws {
    let (shape, window) = Self.pools[index]
    // Few different values, so that windows have equal elements.
    let coarse = sample(.int32, shape).converted(to: dtype)
    let fine = sample(dtype, shape, seed: 4)
    let output = try MaxPool(window: window).infer([fine.type])[0].shape
    let dy = sample(dtype, output, seed: 5)
    for x in [coarse, fine] {
      try await check(.maxPool(MaxPool(window: window)), [x])
      try await check(.maxPoolGradient(MaxPoolGradient(window: window)), [x, dy])
      try await check(.maxPoolGather(MaxPoolGather(window: window)), [x, fine])
      try await check(.averagePool(AveragePool(window: window)), [x])
    }
    let sizes = Array(shape[1..<shape.rank - 1])
    try await check(
      .averagePoolGradient(AveragePoolGradient(window: window, inputSizes: sizes)), [dy])
  }

  @Test func notANumberWins() async throws {
    let values: [Float] = [1, .nan, 3, 2, .nan, 5, .infinity, 0, -1, .nan, -.infinity, 7]
    let x = try HostTensor(values, shape: [1, 2, 6, 1])
    let window = PoolingWindow(
      sizes: [2, 2], strides: [1, 1], padding: [Padding(0, 1), Padding(1, 0)])
    let dy = sample(.float32, try MaxPool(window: window).infer([x.type])[0].shape)
    try await check(.maxPool(MaxPool(window: window)), [x])
    try await check(.maxPoolGradient(MaxPoolGradient(window: window)), [x, dy])
    try await check(.maxPoolGather(MaxPoolGather(window: window)), [x, sample(.float32, x.shape)])
    let other = try HostTensor(Array(values.reversed()), shape: x.shape)
    for rule in [Binary.maximum, .minimum] { try await check(.binary(rule), [x, other]) }
    for kind in [Reduce.Kind.maximum, .minimum] {
      for axes in [[1], [2], [1, 2], [0, 1, 2, 3]] {
        try await check(.reduce(Reduce(kind: kind, axes: axes)), [x])
      }
    }
    try await check(.argMax(ArgMax(axis: 2)), [x])
  }
}

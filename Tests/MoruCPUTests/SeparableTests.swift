import CKernels
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Blocks of small networks: an expansion, a depthwise convolution, gates and a projection.
@Suite struct SeparableTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var window = 3
    var stride = 1
    var batch = 2
    var size = [9, 7]
    var channels = 8
    var wide = 40
    var isGated = false

    var testDescription: String {
      "\(window)×\(window)/\(stride) \(batch)×\(size)×\(channels) to \(wide)"
        + (isGated ? " gated" : "")
    }
  }

  private static let samples = [
    Sample(), Sample(isGated: true), Sample(stride: 2), Sample(stride: 2, isGated: true),
    Sample(window: 5), Sample(window: 5, stride: 2, isGated: true),
    Sample(batch: 1, size: [1, 1], channels: 3, wide: 5, isGated: true),
    Sample(window: 5, batch: 3, size: [2, 30], channels: 17, wide: 16),
    Sample(stride: 2, batch: 1, size: [40, 33], channels: 16, wide: 96, isGated: true),
    Sample(batch: 5, size: [14, 14], channels: 24, wide: 90, isGated: true),
    // Vectors of eight features and two channels: 8, 24 and 40 features of odd numbers of pixels.
    Sample(batch: 3, size: [5, 13], channels: 40, wide: 8),
    Sample(window: 5, batch: 1, size: [11, 19], channels: 24, wide: 144, isGated: true),
    Sample(stride: 2, size: [9, 9], channels: 6, wide: 24),
  ]
  private static let activations: [@Sendable (Tensor) -> Tensor] = [
    { relu6($0) }, { silu($0) }, { relu($0) }, { $0 },
  ]

  /// A block with its weights as parameters.
  private static func block(_ sample: Sample, _ activation: (Tensor) -> Tensor) throws -> Graph {
    let (channels, wide) = (sample.channels, sample.wide)
    let kernels = [
      [1, 1, channels, wide], [sample.window, sample.window, 1, wide], [1, 1, wide, channels],
      [1, 1, wide, 3], [1, 1, 3, wide],
    ]
    let types = kernels + [[wide], [wide], [channels]]
    let w = types.map { Tensor.placeholder(TensorType(.float32, Shape($0))) }
    let x = Tensor.placeholder(
      TensorType(.float32, Shape([sample.batch] + sample.size + [channels])))
    func convolve(_ x: Tensor, _ kernel: Tensor, stride: Int = 1, groups: Int = 1) -> Tensor {
      convolution(
        x, kernel, strides: [stride, stride], padding: .same, dilation: [1, 1], groups: groups)
    }
    let expanded = activation(convolve(x, w[0]) + w[5])
    var y = activation(convolve(expanded, w[1], stride: sample.stride, groups: wide) + w[6])
    if sample.isGated {
      let mean = y.mean(axes: [1, 2], keepingAxes: true)
      y = y * sigmoid(convolve(activation(convolve(mean, w[3])), w[4]))
    }
    let narrow = convolve(y, w[2]) + w[7]
    return try Graph(
      inputs: [x], resident: w, results: [sample.stride == 1 ? narrow + x : narrow])
  }

  private func results(
    _ graph: Graph, _ x: HostTensor, on executor: any Executor
  ) async throws -> HostTensor {
    let weights = graph.resident.enumerated().map {
      MoruCPUTests.sample(.float32, graph.types[$1].shape, seed: UInt64($0 + 1))
    }
    let resident = try await executor.place(weights)
    return try await executor.compile(graph, resident: resident).run([x])[0]
  }

  private func input(_ graph: Graph) -> HostTensor {
    MoruCPUTests.sample(.float32, graph.inputTypes[0].shape, seed: 99)
  }

  @Test(arguments: samples, activations.indices)
  func blocksAgreeWithTheReference(_ sample: Sample, _ activation: Int) async throws {
    let graph = try Self.block(sample, Self.activations[activation])
    for threads in [1, 2, 3] {
      let found = try await results(graph, input(graph), on: CPUExecutor(threads: threads))
      let expected = try await results(
        graph, input(graph), on: ReferenceExecutor(precision: .float64))
      try expectClose(found, expected, tolerance: 1e-5)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], activations.indices)
  func whatIsNotFiniteStaysSo(_ number: Float, _ activation: Int) async throws {
    let graph = try Self.block(Sample(), Self.activations[activation])
    var numbers = try input(graph).array(of: Float.self)
    numbers[numbers.count / 3] = number
    let x = try HostTensor(numbers, shape: graph.inputTypes[0].shape)
    let found = try await results(graph, x, on: CPUExecutor.shared).array(of: Float.self)
    let expected = try await results(graph, x, on: ReferenceExecutor()).array(of: Float.self)
    #expect(found.map(\.isNaN) == expected.map(\.isNaN))
    #expect(found.map(\.isFinite) == expected.map(\.isFinite))
  }

  /// The wide tensors between the convolutions are not written, and gates are no steps.
  @Test func blocksRunAsFewSteps() async throws {
    guard String(cString: ck_instruction_set()) == "x86-64-v4" else { return }
    let graph = try Self.block(Sample(isGated: true), { silu($0) })
    let resident = try await CPUExecutor.shared.place(
      graph.resident.map { .zeros(graph.types[$0].shape, dtype: .float32) })
    let program = try await CPUExecutor.shared.compile(graph, resident: resident)
    let steps = try await CPUExecutor.shared.explanation(of: program).steps
    let convolutions = steps.filter { $0.kind == "convolution" }.map(\.detail)
    #expect(convolutions.count == 4)
    #expect(convolutions[0].contains("swish, then "))
    #expect(convolutions[0].hasSuffix("in 40 groups + bias swish, summed"))
    #expect(convolutions[3].hasSuffix("+ bias + residual, gated"))
    // The mean's division and the gate's logistic function work on a number for each channel.
    #expect(steps.filter { $0.kind != "convolution" }.allSatisfy { $0.detail.contains("40]") })
  }
}

import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Convolutions whose kernels stay the same take over what follows them: trained batch
/// normalization, biases, residuals and activations.
@Suite struct ConvolutionFusionTests {
  private static func convolve(
    _ x: Tensor, _ kernel: Tensor, strides: [Int] = [1, 1], groups: Int = 1
  ) -> Tensor {
    convolution(x, kernel, strides: strides, padding: .same, dilation: [1, 1], groups: groups)
  }

  /// A convolution with normalization, a second one with a residual, and activations after both.
  private struct Block {
    let graph: Graph
    let types: [TensorType]

    init(_ activation: (Tensor) -> Tensor, features: Int = 32, size: Int = 8) throws {
      let vector = TensorType(.float32, [features])
      types =
        [
          TensorType(.float32, [3, 3, 5, features]),
          TensorType(.float32, [1, 1, features, features]),
        ]
        + [TensorType](repeating: vector, count: 5)
      let w = types.map { Tensor.placeholder($0) }
      let x = Tensor.placeholder(TensorType(.float32, [2, size, size, 5]))
      let factor = rsqrt(square(w[3]) + 1) * w[4]
      let first = activation((convolve(x, w[0]) - w[2]) * factor + w[5])
      let second = activation(convolve(first, w[1]) + w[6] + first)
      graph = try Graph(inputs: [x], resident: w, results: [second, first.sum()])
    }

    func values(seed: UInt64 = 1) -> [HostTensor] {
      types.enumerated().map { sample(.float32, $1.shape, seed: seed + UInt64($0)) }
    }
  }

  private static let activations: [@Sendable (Tensor) -> Tensor] = [
    { relu($0) }, { relu6($0) }, { silu($0) }, { tanh($0) }, { $0 },
  ]

  private func results(
    _ graph: Graph, _ weights: [HostTensor], _ x: HostTensor, on executor: any Executor
  ) async throws -> [HostTensor] {
    let resident = try await executor.place(weights)
    return try await executor.compile(graph, resident: resident).run([x])
  }

  @Test(arguments: activations.indices)
  func agreesWithTheReference(_ index: Int) async throws {
    let block = try Block(Self.activations[index])
    let x = sample(.float32, [2, 8, 8, 5], seed: 9)
    let found = try await results(block.graph, block.values(), x, on: CPUExecutor.shared)
    let expected = try await results(
      block.graph, block.values(), x, on: ReferenceExecutor(precision: .float64))
    for (a, b) in zip(found, expected) { try expectClose(a, b, tolerance: 1e-5) }
  }

  @Test func leavesNoStepBesideTheConvolutions() async throws {
    let block = try Block { relu($0) }
    let resident = try await CPUExecutor.shared.place(block.values())
    let program = try await CPUExecutor.shared.compile(block.graph, resident: resident)
    let steps = try await CPUExecutor.shared.explanation(of: program).steps
    let convolutions = steps.filter { $0.kind == "convolution" }
    // The first one's bias is computed of parameters, wherever the graph has them.
    #expect(convolutions.map { $0.detail.contains("+ bias relu") } == [true, false])
    #expect(convolutions.map { $0.detail.contains("+ bias + residual relu") } == [false, true])
    // The sum of the first activation is the only pass over memory.
    #expect(steps.filter { $0.kind == "elementwise" }.count == 1)
  }

  @Test func keepsWhatIsNotFinite() async throws {
    let block = try Block { relu($0) }
    var numbers = try sample(.float32, [2, 8, 8, 5], seed: 9).array(of: Float.self)
    numbers[7] = .nan
    let x = try HostTensor(numbers, shape: [2, 8, 8, 5])
    let found = try await results(block.graph, block.values(), x, on: CPUExecutor.shared)
    let expected = try await results(block.graph, block.values(), x, on: ReferenceExecutor())
    let (a, b) = (try found[0].array(of: Float.self), try expected[0].array(of: Float.self))
    #expect(a.map(\.isNaN) == b.map(\.isNaN))
    #expect(a.contains { $0.isNaN } && a.contains { !$0.isNaN })

    var weights = block.values()
    weights[2] = HostTensor(repeating: Float.infinity, shape: [32])
    let fine = sample(.float32, [2, 8, 8, 5], seed: 9)
    let overflowed = try await results(block.graph, weights, fine, on: CPUExecutor.shared)
    #expect(try overflowed[0].array(of: Float.self).contains { $0.isNaN })
  }

  @Test func followsParametersThatAreWritten() async throws {
    let block = try Block { relu6($0) }
    let x = sample(.float32, [2, 8, 8, 5], seed: 9)
    let resident = try await CPUExecutor.shared.place(block.values())
    let program = try await CPUExecutor.shared.compile(block.graph, resident: resident)
    let before = try await program.run([x])
    try await CPUExecutor.shared.write(block.values(seed: 50), to: resident)
    let after = try await program.run([x])
    let expected = try await results(
      block.graph, block.values(seed: 50), x, on: ReferenceExecutor(precision: .float64))
    #expect(!sameBits(before[0], after[0]))
    try expectClose(after[0], expected[0], tolerance: 1e-5)
  }

  /// Another program's updates reach what was prepared of a parameter.
  @Test func followsParametersThatAreTrained() async throws {
    let block = try Block { relu($0) }
    let x = sample(.float32, [2, 8, 8, 5], seed: 9)
    let resident = try await CPUExecutor.shared.place(block.values())
    let program = try await CPUExecutor.shared.compile(block.graph, resident: resident)
    _ = try await program.run([x])
    let scale = Tensor.placeholder(block.types[4])
    let double = try Graph(resident: [scale], results: [], updates: [0: scale * 2])
    _ = try await CPUExecutor.shared.compile(double, resident: [resident[4]]).run()
    var weights = block.values()
    weights[4] = try HostTensor(
      try weights[4].array(of: Float.self).map { $0 * 2 }, shape: weights[4].shape)
    let expected = try await results(
      block.graph, weights, x, on: ReferenceExecutor(precision: .float64))
    try expectClose(try await program.run([x])[0], expected[0], tolerance: 1e-5)
  }

  @Test func depthwiseConvolutionsTakePart() async throws {
    let kernel = Tensor.placeholder(TensorType(.float32, [3, 3, 1, 24]))
    let scale = Tensor.placeholder(TensorType(.float32, [24]))
    let x = Tensor.placeholder(TensorType(.float32, [2, 9, 9, 24]))
    let y = relu6(Self.convolve(x, kernel, strides: [2, 2], groups: 24) * scale + 0.5)
    let graph = try Graph(inputs: [x], resident: [kernel, scale], results: [y])
    let weights = [sample(.float32, [3, 3, 1, 24]), sample(.float32, [24], seed: 2)]
    let input = sample(.float32, [2, 9, 9, 24], seed: 3)
    let found = try await results(graph, weights, input, on: CPUExecutor.shared)
    let expected = try await results(
      graph, weights, input, on: ReferenceExecutor(precision: .float64))
    try expectClose(found[0], expected[0], tolerance: 1e-5)
  }
}

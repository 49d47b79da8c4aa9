import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Cheap values that a backward pass computes again instead of reading them.
@Suite struct RecomputationTests {
  /// The gradients of a normalised and activated convolution, of more elements than caches hold.
  private func graph(_ activation: (Tensor) -> Tensor) throws -> Graph {
    let x = Tensor.placeholder(TensorType(.float32, [8, 16, 16, 4]))
    let kernel = Tensor.placeholder(TensorType(.float32, [1, 1, 4, 16]))
    let scale = Tensor.placeholder(TensorType(.float32, [16]))
    let shift = Tensor.placeholder(TensorType(.float32, [16]))
    let last = Tensor.placeholder(TensorType(.float32, [1, 1, 16, 3]))
    func convolve(_ x: Tensor, _ kernel: Tensor) -> Tensor {
      convolution(x, kernel, strides: [1, 1], padding: .same, dilation: [1, 1])
    }
    let h = convolve(x, kernel)
    let mean = h.mean(axes: [0, 1, 2])
    let variance = square(h - mean).mean(axes: [0, 1, 2])
    let y = activation((h - mean) * rsqrt(variance + 0.001) * scale + shift)
    let loss = square(convolve(y, last)).sum()
    return try Graph(
      inputs: [x, kernel, scale, shift, last],
      results: [loss] + gradients(of: loss, at: [kernel, scale, shift, last]))
  }

  @Test func agreesWithTheReference() async throws {
    for activation in [{ relu($0) }, { relu6($0) }, { silu($0) }] as [(Tensor) -> Tensor] {
      let graph = try graph(activation)
      let inputs = graph.inputTypes.enumerated().map {
        sample(.float32, $1.shape, seed: UInt64($0 + 1))
      }
      let found = try await CPUExecutor.shared.compile(graph).run(inputs)
      let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
      for (a, b) in zip(found, expected) { try expectClose(a, b, tolerance: 1e-5) }
    }
  }

  /// Between the convolutions' results and what they read nothing of their size is kept.
  @Test func keepsNothingBetweenConvolutions() async throws {
    let program = try await CPUExecutor.shared.compile(try graph { relu6($0) })
    let steps = try await CPUExecutor.shared.explanation(of: program).steps
    let size = 8 * 16 * 16 * 16 * 4
    let written = steps.filter { $0.kind == "elementwise" }.map { $0.bytesWritten / size }
    // The activation, and the gradient of the first convolution's result.
    #expect(written.reduce(0, +) == 2)
  }
}

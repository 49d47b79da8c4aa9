import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Registers of a fused chain are shared; one that a wider element type is written to must not
/// overwrite elements that are still to be read.
@Test(arguments: [1, 7, 32, 100, 1000])
func chainsThatWidenElementsKeepThemApart(count: Int) async throws {
  let x = Tensor.placeholder(TensorType(.int32, [count]))
  let y = Tensor.placeholder(TensorType(.int32, [count]))
  let isEqual = x .== y
  let graph = try Graph(
    inputs: [x, y],
    results: [
      isEqual.converted(to: .float32).converted(to: .float64).sum(),
      isEqual.converted(to: .float32).sum(),
      select(x .> y, x.converted(to: .float64), 0).sum(),
    ])
  let inputs = [
    HostTensor((0..<count).map { Int32($0 % 7) }), HostTensor((0..<count).map { Int32($0 % 5) }),
  ]
  let expected = try await ReferenceExecutor().compile(graph).run(inputs)
  #expect(try await CPUExecutor.shared.compile(graph).run(inputs) == expected)
}

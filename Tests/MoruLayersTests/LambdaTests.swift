import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("Lambda") struct LambdaTests {
  @Test("computes what its function says, between other layers")
  func forward() async throws {
    let model = Sequential([
      Lambda { x in x * x }, Lambda.ofSeveral(passesMask: true) { [$0[0] + 1] },
    ])
    var weights = Weights()
    #expect(
      try await numbers(model(Tensor(HostTensor([1, 2, -3] as [Float])), &weights)) == [2, 5, 10])
    let input = Input([2])
    let merged = try Model(
      inputs: input, outputs: Lambda.ofSeveral { [$0[0] - $0[1]] }([input, input]))
    let x = Tensor(try HostTensor([[1, 2]] as [[Float]]))
    #expect(try await numbers(merged([x], &weights)[0]) == [0, 0])
  }

  @Test("says that it cannot be saved, and what to do")
  func saving() {
    let layer = Sequential([Lambda(name: "wave") { x in sin(x) }])
    let error = #expect(throws: LayerError.self) { try LayerCoder().json(layer) }
    #expect(
      error?.description
        == "The layer wave is a function of the program and cannot be saved or loaded. "
        + "Make it a layer type of its own and add it to the catalog.")
  }

  @Test("tells that its function takes one input")
  func inputs() {
    var weights = Weights()
    let output = Lambda { x in x }([.zeros([1]), .zeros([1])], &weights)[0]
    #expect(output.error?.description.contains("its function takes one input, not 2") == true)
  }
}

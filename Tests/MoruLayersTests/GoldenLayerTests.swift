import GoldenKit
import MoruCPU
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Layers agree with PyTorch and Keras") struct GoldenLayerTests {
  @Test("there are golden files to compare with")
  func files() {
    #expect(GoldenFile.names(in: "layers").count >= 80)
    #expect(GoldenFile.names(in: "losses").count >= 42)
  }

  @Test("in Float64", arguments: GoldenFile.names(in: "layers"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("layers", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "layers"))
  func float32(name: String) async throws {
    try await compare(try GoldenFile("layers", name), as: .float32, tolerance: 1e-5)
  }

  @Test("in Float32 on the processor", arguments: GoldenFile.names(in: "layers"))
  func processor(name: String) async throws {
    try await compare(
      try GoldenFile("layers", name), as: .float32, tolerance: 1e-5, on: CPUExecutor.shared)
  }

  /// Output, updated statistics and gradients of one case.
  private func compare(
    _ file: GoldenFile, as dtype: DType, tolerance: Double,
    on executor: any Executor = ReferenceExecutor()
  ) async throws {
    func constant(_ value: HostTensor) -> Tensor {
      Tensor(value.dtype == .float64 ? value.converted(to: dtype) : value)
    }
    // A layer of several inputs has them as input, input.1, input.2.
    let inputNames = ["input"] + file.tensors(after: "input.").keys.sorted().map { "input." + $0 }
    let inputs = try inputNames.map { constant(try file.tensor($0)) }
    let parameters = file.tensors(after: "param.").mapValues(constant)
    var weights = Weights(
      parameters: parameters, state: file.tensors(after: "state.moving_").mapValues(constant))
    weights.state = Dictionary(
      uniqueKeysWithValues: weights.state.map { ("moving_" + $0.key, $0.value) })
    let isTraining = try file.description["call"]?.value("training").bool() ?? false
    let seed = Tensor(HostTensor([1, 2] as [Int64]))

    let output: Tensor =
      switch try GoldenLayer(file) {
      case .layer(let layer): layer(inputs, &weights, training: isTraining ? seed : nil)[0]
      case .operation(let operation): operation(inputs[0])
      }
    var found = ["output": output]
    for (name, value) in weights.state where isTraining { found["updated." + name] = value }
    if let cotangent = file.tensors["cotangent"] {
      let sources = (zip(inputNames, inputs) + parameters.map { ($0.key, $0.value) })
        .filter { file.tensors["grad." + $0.0] != nil }
      let gradients = gradients(
        of: (output * constant(cotangent)).sum(), at: sources.map { $0.1 })
      for (source, gradient) in zip(sources, gradients) { found["grad." + source.0] = gradient }
    }

    let expected = file.tensors.filter { name, _ in
      name == "output" || name.hasPrefix("grad.") || name.hasPrefix("updated.")
    }
    #expect(Set(found.keys) == Set(expected.keys))
    let names = found.keys.sorted()
    let values = try await executor.values(of: names.compactMap { found[$0] })
    for (name, value) in zip(names, values) {
      let wanted = try file.tensor(name).converted(to: output.dtype)
      #expect(difference(value, from: wanted, tolerance: tolerance) == nil, "\(name)")
    }
  }
}

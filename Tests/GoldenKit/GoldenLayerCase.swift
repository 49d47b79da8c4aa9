public import MoruGraph
import MoruLayers
public import MoruTensors

/// A golden layer case drawn with our layers: what is to be computed, and what it must be.
public struct GoldenLayerCase: GoldenCase {
  /// Output, updated statistics and gradients by name.
  public let found: [String: Tensor]
  /// What PyTorch and Keras say of the same.
  public let expected: [String: HostTensor]

  /// A case of drawn values.
  public init(found: [String: Tensor], expected: [String: HostTensor]) {
    self.found = found
    self.expected = expected
  }

  /// Draws a case.
  ///
  /// - Parameter file: The case.
  /// - Parameter dtype: The type to compute in.
  public init(_ file: GoldenFile, as dtype: DType) throws {
    func constant(_ value: HostTensor) -> Tensor {
      Tensor(value.dtype == .float64 ? value.converted(to: dtype) : value)
    }
    // A layer of several inputs has them as input, input.1, input.2.
    let inputNames = ["input"] + file.tensors(after: "input.").keys.sorted().map { "input." + $0 }
    let inputs = try inputNames.map { constant(try file.tensor($0)) }
    let parameters = file.tensors(after: "param.").mapValues(constant)
    let statistics = file.className == "Normalization" ? [:] : file.tensors(after: "state.")
    let isTraining = try file.description["call"]?["training"]?.bool() ?? false
    let scope = Scope(
      weights: Weights(parameters: parameters, state: statistics.mapValues(constant)),
      seed: isTraining ? Tensor(HostTensor([1, 2] as [Int64])) : nil)
    // Masks are whole numbers beside the inputs: mask, mask.1.
    for (name, input) in zip(inputNames, inputs) {
      if let mask = file.tensors[name.replacing("input", with: "mask", maxReplacements: 1)] {
        scope.setMask(Tensor(mask).converted(to: .bool), of: input)
      }
    }

    let output: Tensor =
      switch try GoldenLayer(file) {
      case .layer(let layer): scope.draw(layer, inputs)[0]
      case .operation(let operation): operation(inputs[0])
      }
    if let error = output.error { throw error }
    var found = ["output": output]
    for (name, value) in scope.updatedWeights.state
    where file.tensors["updated." + name] != nil {
      found["updated." + name] = value
    }
    if let cotangent = file.tensors["cotangent"] {
      let sources = (zip(inputNames, inputs) + parameters.map { ($0.key, $0.value) })
        .filter { file.tensors["grad." + $0.0] != nil }
      let gradients = gradients(
        of: (output * constant(cotangent)).sum(), at: sources.map { $0.1 })
      for (source, gradient) in zip(sources, gradients) { found["grad." + source.0] = gradient }
    }
    self.found = found
    expected = file.tensors.filter { name, _ in
      name == "output" || name.hasPrefix("grad.") || name.hasPrefix("updated.")
    }
  }
}

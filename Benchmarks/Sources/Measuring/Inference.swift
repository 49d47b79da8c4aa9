import Moru

/// Prediction for a batch of samples, with weights as they are before training.
struct Inference: Workload {
  let name: String
  let batch: Int
  let input: Shape
  let model: @Sendable () throws -> any Layer

  /// - Parameters:
  ///   - name: The row's name without the batch size.
  ///   - batch: Samples in a call.
  ///   - input: Shape of a sample.
  ///   - model: Draws the network.
  init(
    _ name: String, batch: Int, input: Shape, model: @escaping @Sendable () throws -> any Layer
  ) {
    self.name = "\(name) inference batch \(batch)"
    self.batch = batch
    self.input = input
    self.model = model
  }

  func start() async throws -> any Session {
    let trained = try untrained(model(), input: input)
    let predictor = Predictor(trained)
    let samples = [Samples.values(Shape([batch] + input.dimensions))]
    return try await RepeatedWork(parameterCount: trained.declaration.parameterCount) {
      _ = try await predictor.predict(samples)
    }
  }

  func program() async throws -> (program: any Program, inputs: [HostTensor])? {
    let program = try await Predictor(untrained(model(), input: input)).program(batch: batch)
    return (program, [Samples.values(Shape([batch] + input.dimensions))])
  }
}

/// A network with the weights that it would start training with.
func untrained(
  _ layer: any Layer, input: Shape, _ dtype: DType = .float32
) throws -> TrainedModel {
  let declaration = try layer.declaration(inputs: [TensorType(dtype, input)])
  let output = declaration.outputs[0]
  return try TrainedModel(
    layer: layer, weights: declaration.initialValues(seed: 0),
    signature: ModelSignature(
      inputs: [ModelInput(name: "input", dtype: dtype, shape: input, content: InputContent())],
      outputs: [
        ModelOutput(
          name: "output", dtype: output.dtype, shape: Shape(Array(output.shape.dropFirst())),
          meaning: .numbers)
      ]))
}

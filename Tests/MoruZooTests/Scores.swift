import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// What a model with some weights makes of a batch.
func scores(
  of model: Model, _ weights: [String: HostTensor], of batch: HostTensor
) async throws -> HostTensor {
  let input = model.inputs[0]
  let output = try model.declaration(inputs: model.inputs).outputs[0]
  let signature = ModelSignature(
    inputs: [
      ModelInput(name: "input", dtype: input.dtype, shape: input.shape, content: InputContent())
    ],
    outputs: [
      ModelOutput(
        name: "output", dtype: output.dtype, shape: Shape(Array(output.shape.dropFirst())),
        meaning: .numbers)
    ])
  let trained = try TrainedModel(layer: model, weights: weights, signature: signature)
  return try await Predictor(trained).predict([batch])[0]
}

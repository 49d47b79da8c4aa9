import Foundation
import Moru

// What docs/zoo.md shows, in its order. Run it at the repository's root.

let model = try Architecture.mobileNetV2(inputShape: [96, 96, 3], classes: 10)
print(try model.summary(inputs: model.inputs))

let base = try Architecture.named("ResNet50")(includeTop: false, pooling: .average)
let start = Input([224, 224, 3])
let network = try Model(
  inputs: start, outputs: Dense(3, activation: .softmax)(base(start)))
print(try network.declaration(inputs: network.inputs).parameterCount)

let file = URL(filePath: "resnet50.safetensors")
if FileManager.default.fileExists(atPath: file.path) {
  let twin = try Architecture.resNet50(definition: .torchvision)
  let weights = try Architecture.resNet50.weights(
    of: twin, fromTorch: SafeTensors(opening: file).tensors())
  print(weights["conv1_conv/kernel"]?.shape ?? [])
}

let picture = Input([56, 56, 128])
let whole = ConvolutionBlock(128, kernel: 3)
let separable = DepthwiseSeparableBlock(128)
for block in [whole(picture), separable(picture)] {
  let model = try Model(inputs: picture, outputs: block)
  let values = try model.declaration(inputs: model.inputs).initialValues(seed: 1)
  let trained = try TrainedModel(
    layer: model, weights: values,
    signature: ModelSignature(
      inputs: [
        ModelInput(
          name: "input", dtype: .float32, shape: [56, 56, 128], content: InputContent())
      ],
      outputs: [
        ModelOutput(name: "output", dtype: .float32, shape: [56, 56, 128], meaning: .numbers)
      ]))
  let predictor = Predictor(trained)
  let batch = [HostTensor(repeating: Float(0.5), shape: [1, 56, 56, 128])]
  _ = try await predictor.predict(batch)
  var times: [Duration] = []
  for _ in 0..<50 {
    times.append(try await ContinuousClock().measure { _ = try await predictor.predict(batch) })
  }
  print(try model.multiplyAdds(inputs: model.inputs), times.sorted()[25])
}

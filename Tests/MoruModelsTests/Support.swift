import Foundation
import MoruData
import MoruLayers
import MoruModels
import MoruTensors

/// A small model of pictures with fixed random weights.
func pictureModel(seed: Seed = 1) throws -> TrainedModel {
  let layer = Sequential {
    Rescaling(1.0 / 16)
    Conv2D(4, kernel: 3, activation: .relu)
    MaxPooling2D(2)
    Flatten()
    Dense(10, activation: .softmax)
  }
  let input = ModelInput(
    name: "input", dtype: .float32, shape: [8, 8, 1],
    content: InputContent(
      image: ImageEncoding(height: 8, width: 8, channels: 1, brightest: 16, interpolation: .area)))
  let output = ModelOutput(
    name: "output", dtype: .float32, shape: [10],
    meaning: .probabilities(labels: (0..<10).map { "digit \($0)" }))
  let declaration = try layer.declaration(inputs: [input.type])
  return try TrainedModel(
    layer: layer, weights: declaration.initialValues(seed: seed),
    signature: ModelSignature(inputs: [input], outputs: [output]))
}

/// Pictures of reproducible noise, 0 to 16.
func pictures(_ count: Int) -> HostTensor {
  let numbers = (9 as Seed).uniform(count: count * 64)
  return HostTensor(shape: [count, 8, 8, 1], of: Float.self) { buffer in
    for place in buffer.indices { buffer[place] = Float(numbers[place] * 16) }
  }
}

final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

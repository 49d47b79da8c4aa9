import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors
import MoruTraining

/// Pictures, a base and folders that tests share.
enum Toys {
  /// Pictures of 24 × 24 grey stripes of a slope that is always the same, with some noise.
  static func stripes(_ count: Int, seed: Seed) throws -> Dataset {
    var generator = seed.generator
    let pixels = (0..<count).flatMap { _ -> [UInt8] in
      let phase = generator.uniform() * 2 * .pi
      return (0..<24 * 24).map { place in
        let wave = sin(phase + Double(place % 24) * 0.8 + Double(place / 24) * 0.3)
        return UInt8(128 + 60 * wave + 12 * (generator.uniform() - 0.5))
      }
    }
    return try Dataset(
      source: "stripes",
      features: [.init(values: HostTensor(pixels, shape: [count, 24, 24, 1]))])
  }

  /// A network of three convolutions whose weights were never trained: filters of chance tell much of
  /// pictures so simple.
  static func base() throws -> TransferBase {
    let start = Input([24, 24, 1], dtype: .uint8)
    var x = Rescaling(1.0 / 255, name: "scale")(start)
    for (number, filters) in [8, 12, 16].enumerated() {
      x = Conv2D(
        filters, kernel: 3, strides: number == 0 ? 1 : 2, padding: .same, activation: .relu,
        kernelInitializer: .heNormal, name: "conv\(number + 1)")(x)
    }
    let end = Dense(2, activation: .softmax, name: "classes")(
      GlobalAveragePooling2D(name: "means")(x))
    let model = try Model(inputs: start, outputs: end)
    let weights = try model.declaration(inputs: model.inputs).initialValues(seed: 5)
    return try TransferBase(TrainedModel(model, weights: weights))
  }

  /// A table of rows of two columns that go together.
  static func rows(_ count: Int, seed: Seed) throws -> Dataset {
    var generator = seed.generator
    let values = (0..<count).flatMap { _ -> [Float] in
      let first = Float(generator.uniform())
      return [first, 2 * first + 0.1 * Float(generator.uniform())]
    }
    return try Dataset(
      source: "rows", features: [.init(values: HostTensor(values, shape: [count, 2]))])
  }
}

/// A folder that is removed with its last user.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes pictures `[samples, height, width, channels]` as PNG files.
  func write(_ pictures: HostTensor, names: [String]) throws {
    for (place, name) in names.enumerated() {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let picture = try pictures.slice(place..<place + 1)
        .reshaped(to: Shape(Array(pictures.shape.dropFirst())))
      try ImageFile.pngData(picture).write(to: file)
    }
  }
}

import Foundation
import Moru

/// Parts of sections.
enum Markdown {
  /// A table, the first column to the left.
  static func table(_ columns: [String], _ rows: [[String]]) -> String {
    let lines =
      [columns, ["---"] + columns.dropFirst().map { _ in "---:" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// A number with so many places behind the point.
  static func number(_ value: Double, _ places: Int = 3) -> String {
    String(format: "%.\(places)f", value)
  }

  /// Whole seconds that have passed.
  static func seconds(since start: ContinuousClock.Instant) -> String {
    "\((ContinuousClock.now - start).components.seconds) s"
  }
}

/// A classifier of pictures whose inner numbers tell how near generated pictures are to real ones.
struct PictureJudge {
  /// Of pixels from 0 to 255.
  let classifier: TrainedModel
  private let features: Predictor
  private let classes: Predictor
  let accuracy: Double

  /// Trains a small convolutional network.
  init(train: Dataset, test: Dataset) async throws {
    let network = Sequential {
      Rescaling(1.0 / 255)
      Conv2D(32, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Conv2D(64, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dropout(0.3)
      Dense(64, activation: .relu, name: "features")
      Dense(10, activation: .softmax, name: "classes")
    }
    classifier = try await network.fit(
      train, epochs: 4, batchSize: 64, optimizer: Adam(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], callbacks: [.progress("judge")],
      seed: 0)
    accuracy = try await classifier.evaluate(test)[.accuracy]
    features = try Predictor(classifier.subModel(outputs: ["features"]))
    classes = Predictor(classifier)
  }

  /// Pictures in 0…1 as the pixels that the classifier takes.
  private func pixels(_ pictures: HostTensor) throws -> HostTensor {
    let bytes = try pictures.array(of: Float.self).map {
      UInt8(exactly: min(max(($0 * 255).rounded(), 0), 255)) ?? 0
    }
    return try HostTensor(bytes, shape: pictures.shape)
  }

  /// `[count, 64]` of pictures in 0…1.
  func features(of pictures: HostTensor) async throws -> HostTensor {
    try await features.predict([pixels(pictures)])[0]
  }

  /// The probabilities of the ten classes of pictures in 0…1.
  func probabilities(of pictures: HostTensor) async throws -> [[Float]] {
    let values = try await classes.predict([pixels(pictures)])[0].array(of: Float.self)
    return stride(from: 0, to: values.count, by: 10).map { Array(values[$0..<$0 + 10]) }
  }
}

import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruTensors

/// The data set that ships with the repository.
enum Digits {
  static func load(count: Int? = nil) throws -> Dataset {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "../../Examples/data/digits.csv.gz").standardized
    let all = try Dataset.csv(at: file, target: "label", shape: [8, 8, 1])
    return try count.map { try all.subset(Array(0..<$0)) } ?? all
  }

  static let mlp = Sequential {
    Rescaling(1.0 / 16)
    Flatten()
    Dense(32, activation: .relu)
    Dropout(0.1)
    Dense(10, activation: .softmax)
  }

  static let cnn = Sequential {
    Rescaling(1.0 / 16)
    Conv2D(8, kernel: 3, padding: .same)
    BatchNormalization()
    Activation(.relu)
    MaxPooling2D(2)
    Flatten()
    Dense(10, activation: .softmax)
  }
}

/// A folder that is removed with the value.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

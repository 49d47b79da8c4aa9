import Foundation
import MoruTensors
import MoruWorkflow

/// A folder that goes away with the test.
final class TestFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  /// The data of a configuration whose `data` are these lines.
  func prepared(_ data: String, seed: Seed = 1) throws -> PreparedData {
    try write(
      "config.yaml",
      """
      name: any
      data:
      \(data.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      model: {layers: [{kind: Flatten}]}
      training: {loss: meanSquaredError}
      """)
    let configuration = try TrainingConfiguration.load(path("config.yaml"))
    return try PreparedData(configuration.data, seed: seed)
  }
}

import Foundation
import MoruData
import MoruTensors

/// A folder of small data that goes away with the test.
final class TestFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func run(_ arguments: String...) async throws -> MoruProcess.Outcome {
    try await MoruProcess.run(arguments, in: url)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

  func write(_ name: String, _ data: Data) throws {
    let target = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: target)
  }

  /// Rows of two numbers whose signs decide among four classes, so that anything learns them.
  func writeTable(_ name: String = "rows.csv", rows: Int = 80) throws {
    var generator = Seed(7).generator
    var lines = ["x,y,kind"]
    for row in 0..<rows {
      let x = (row % 2 == 0 ? 1 : -1) * Double.random(in: 0.5...2, using: &generator)
      let y = (row / 2 % 2 == 0 ? 1 : -1) * Double.random(in: 0.5...2, using: &generator)
      lines.append("\(x),\(y),\(["north", "east", "south", "west"][row % 4])")
    }
    try write(name, lines.joined(separator: "\n") + "\n")
  }

  /// A configuration that learns the table.
  func writeConfiguration(
    _ name: String = "config.yaml", data: String = "path: rows.csv\n  target: kind",
    layers: String? = nil, loss: String = "sparseCategoricalCrossentropy", training: String = "",
    epochs: Int = 3
  ) throws {
    let layers =
      layers
      ?? "[{kind: Dense, units: 8, activation: relu}, {kind: Dense, units: 4, activation: softmax}]"
    try write(
      name,
      """
      name: compass
      data:
        \(data)
      model:
        layers: \(layers)
      training:
        epochs: \(epochs)
        optimizer: {kind: adam, learningRate: 0.05}
        loss: \(loss)
        metrics: [accuracy]
        \(training)

      """)
  }

  /// Pictures of 6×6 in MNIST's form: bars at the left and at the top.
  @discardableResult
  func writeIDX(_ folder: String = "idx", lastLabel: UInt8 = 1) throws -> [[UInt8]] {
    func picture(_ index: Int) -> [UInt8] {
      (0..<36).map { place in
        let isOn = index % 2 == 0 ? place % 6 < 2 : place / 6 < 2
        return isOn ? UInt8(200 + index % 50) : UInt8(place % 7)
      }
    }
    func word(_ value: Int) -> [UInt8] { [0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    let pictures = (0..<48).map(picture)
    for (part, range) in [("train", 0..<32), ("t10k", 32..<48)] {
      let images = [0, 0, 8, 3] + word(range.count) + word(6) + word(6) + pictures[range].joined()
      try write("\(folder)/\(part)-images-idx3-ubyte", Data(images))
      var labels = range.map { UInt8($0 % 2) }
      if part == "train" { labels[31] = lastLabel }
      try write(
        "\(folder)/\(part)-labels-idx1-ubyte", Data([0, 0, 8, 1] + word(range.count) + labels))
    }
    return pictures
  }

  /// A configuration that learns the pictures.
  func writePictureConfiguration() throws {
    try writeConfiguration(
      "pictures.yaml", data: "path: idx",
      layers: """
        [{kind: Rescaling, scale: 0.004}, {kind: Flatten}, {kind: Dense, units: 10, activation: softmax}]
        """)
  }

  /// A grey PNG of 6×6.
  func writePNG(_ name: String, _ pixels: [UInt8]) throws {
    try write(name, ImageFile.pngData(HostTensor(pixels, shape: [6, 6, 1])))
  }
}

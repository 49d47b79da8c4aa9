import Foundation
import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import MoruWorkflow
import Testing

/// Bright and dark pictures in parts, each a file of its own grey.
private struct Pictures {
  let folder: TestFolder
  var root: URL { folder.url.appending(path: "pictures") }

  init(parts: [String: Int]) throws {
    folder = try TestFolder()
    var shade: UInt8 = 0
    for (part, count) in parts.sorted(by: { $0.key < $1.key }) {
      for number in 0..<count {
        for (kind, base) in [("bright", 200), ("dark", 20)] as [(String, UInt8)] {
          let url = root.appending(path: "\(part)/\(kind)/\(number).png")
          try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
          let pixels = [UInt8](repeating: base + shade, count: 36)
          try ImageFile.pngData(HostTensor(pixels, shape: [6, 6, 1])).write(to: url)
        }
        shade += 1
      }
    }
  }

  /// A model of them.
  func model() async throws -> TrainedModel {
    try await trained(.images(at: root.appending(path: "train")))
  }
}

private func trained(_ data: Dataset) async throws -> TrainedModel {
  try await Sequential {
    Rescaling(1.0 / 255)
    Flatten()
    Dense(data.labels?.count ?? 1, activation: .softmax)
  }.fit(data, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
}

private func values(_ data: Dataset) throws -> [Float] {
  try data.features[0].values.converted(to: .float32).array()
}

@Suite struct CompressionDataTests {
  @Test("of pictures in parts, train is learned from and test judged on, whatever else there is")
  func pictures() async throws {
    let pictures = try Pictures(parts: ["train": 6, "val": 3, "test": 2])
    let model = try await pictures.model()
    func part(_ name: String) throws -> [Float] {
      try values(.forEvaluation(of: model, at: pictures.root.appending(path: name)))
    }
    let data = try CompressionData(
      for: model, at: pictures.root, judgedOn: nil, test: 0.5, seed: 1)
    #expect(try values(data.learned) == part("train"))
    #expect(try values(data.judged) == part("test"))
    let other = try CompressionData(
      for: model, at: pictures.root, judgedOn: pictures.root.appending(path: "val"), test: 0.5,
      seed: 1)
    #expect(try values(other.learned) == part("train"))
    #expect(try values(other.judged) == part("val"))

    // A folder of classes has no parts, so that a share of it is set aside.
    let whole = try CompressionData(
      for: model, at: pictures.root.appending(path: "train"), judgedOn: nil, test: 0.5, seed: 1)
    #expect(whole.learned.count == 6 && whole.judged.count == 6)
  }

  @Test("without a test part a share of train is set aside, and without train nothing is guessed")
  func missingParts() async throws {
    let pictures = try Pictures(parts: ["train": 6, "val": 3])
    let model = try await pictures.model()
    let data = try CompressionData(
      for: model, at: pictures.root, judgedOn: nil, test: 0.5, seed: 1)
    #expect(data.learned.count == 6 && data.judged.count == 6)
    try FileManager.default.moveItem(
      at: pictures.root.appending(path: "train"), to: pictures.root.appending(path: "one"))
    #expect(
      throws: WorkflowError.unfit(
        source: "pictures",
        reason: "The folder holds the parts one, val, none of them train. "
          + "Name the folder of one of them.")
    ) {
      try CompressionData(for: model, at: pictures.root, judgedOn: nil, test: 0.5, seed: 1)
    }
  }

  @Test("of IDX files the training part is learned from and the test part judged on")
  func idx() async throws {
    let folder = try TestFolder()
    func word(_ value: Int) -> [UInt8] { [0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    for (part, count, shade) in [("train", 8, 10), ("t10k", 5, 200)] {
      let pixels = (0..<count * 4).map { UInt8(shade + $0) }
      let labels = (0..<count).map { UInt8($0 % 2) }
      try Data([0, 0, 8, 3] + word(count) + word(2) + word(2) + pixels)
        .write(to: folder.url.appending(path: "\(part)-images-idx3-ubyte"))
      try Data([0, 0, 8, 1] + word(count) + labels)
        .write(to: folder.url.appending(path: "\(part)-labels-idx1-ubyte"))
    }
    let (train, test) = try Dataset.mnist(at: folder.url)
    let data = try CompressionData(
      for: try await trained(train), at: folder.url, judgedOn: nil, test: 0.5, seed: 1)
    #expect(try values(data.learned) == values(train))
    #expect(try values(data.judged) == values(test))
  }
}

import Foundation
import MoruData
import MoruGenerative
import MoruInsight
import MoruLayers
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// Pictures that are saved while a GAN trains.
@Suite struct SampleGridTests {
  @Test func eachDueEpochLeavesAPictureOfTheSameNoise() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grid-\(UUID())/격자")
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let values = Seed(1).uniform(count: 64 * 16).map { UInt8($0 * 255) }
    let data = try Dataset(
      source: "noise", features: [.init(values: HostTensor(values, shape: [64, 4, 4, 1]))])
    let gan = GAN(
      generator: Sequential {
        Dense(16, activation: .tanh)
        Reshape([4, 4, 1])
      },
      discriminator: Sequential {
        Flatten()
        Dense(1)
      }, noise: 3, preprocessing: Rescaling(1 / 127.5, offset: -1))
    _ = try await gan.fit(
      data, epochs: 4, batchSize: 16, generatorOptimizer: Adam(learningRate: 0.1),
      discriminatorOptimizer: Adam(),
      callbacks: [SampleGrid(folder, count: 9, frequency: 2, magnification: 2)])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["epoch-0002.png", "epoch-0004.png"])
    let pictures = try names.map { try ImageFile.read(at: folder.appending(path: $0)) }
    // Three times three pictures of 8 pixels with lines of a pixel around them.
    #expect(pictures.allSatisfy { $0.shape == [28, 28, 1] })
    #expect(pictures[0] != pictures[1])
  }

  @Test func picturesInColourMakeAGridToo() throws {
    let grid = try PictureGrid(pictures: HostTensor(repeating: Float(0.5), shape: [4, 2, 2, 3]))
    #expect(grid.picture.shape == [7, 7, 3])
    #expect(throws: InsightError.self) {
      try PictureGrid(pictures: HostTensor(repeating: Float(0.5), shape: [4, 2, 2, 2]))
    }
  }

  @Test func onlyOneFeatureCanBeGivenBack() throws {
    let values = HostTensor(repeating: UInt8(51), shape: [2, 3])
    let data = try Dataset(source: "two", features: [.init(values: values)])
    let pairs = try data.reconstructing(scaledBy: 1.0 / 255)
    #expect(try pairs.features[0].values.array(of: Float.self).allSatisfy { abs($0 - 0.2) < 1e-6 })
    #expect(pairs.targets[0].tensor == pairs.features[0].values)
    let several = try Dataset(
      source: "two", features: [.init(values: values), .init(name: "more", values: values)])
    #expect(throws: GenerativeError.features(["input", "more"])) {
      try several.reconstructing()
    }
  }
}

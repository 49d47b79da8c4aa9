import Foundation
import MoruData
import MoruTensors
import Testing

/// 23 pictures of 6 × 5 pixels in two classes, some of them grey, all different.
private func pictures(in folder: URL) throws -> URL {
  let root = folder.appending(path: "pictures")
  for index in 0..<23 {
    let channels = index % 4 == 0 ? 1 : 3
    let pixels = (0..<6 * 5 * channels).map { UInt8(($0 * 7 + index * 31) % 251) }
    let url = root.appending(path: index % 3 == 0 ? "가" : "나").appending(path: "\(index).png")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try ImageFile.pngData(HostTensor(pixels, shape: [6, 5, channels])).write(to: url)
  }
  return root
}

/// A folder that goes away with the test.
private final class PictureFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: url) }
}

private func batches(_ stream: SampleStream<Dataset>, pass: Int = 0) async throws -> [Dataset] {
  var found: [Dataset] = []
  for try await batch in stream.pass(pass) { found.append(batch) }
  return found
}

@Suite("Samples in files") struct SampleSetTests {
  private let folder = PictureFolder()
  private let root: URL
  private let data: Dataset
  private let files: SampleSet

  init() throws {
    root = try pictures(in: folder.url)
    data = try Dataset.images(at: root)
    files = try SampleSet.images(at: root, size: nil, damaged: .error, memoryBytes: 0).samples
  }

  @Test("are the samples in memory, whichever way one looks at them")
  func likeMemory() throws {
    #expect(files.data == nil)
    #expect(files.count == 23 && files.labels == ["가", "나"])
    #expect(files.signature == data.signature && files.classCounts == data.classCounts)
    let loaded = try files.loaded()
    #expect(loaded.features == data.features && loaded.targets == data.targets)
    #expect(try files.sample(7) == data.sample(7))
    #expect(try files.contentHash() == data.contentHash)
    let part = try files.subset([4, 4, 22, 0])
    #expect(try part.loaded().features == data.subset([4, 4, 22, 0]).features)
    #expect(try part.contentHash() == data.subset([4, 4, 22, 0]).contentHash)
    #expect(try part.subset([3]).sample(0) == data.sample(0))
    #expect(try files.subset([]).loaded().features == data.subset([]).features)
    #expect(throws: DataError.self) { try files.subset([23]) }
    #expect(throws: DataError.self) { try files.sample(-1) }
    let weighted = try files.changed { try $0.weighted(byClass: [0: 3]) }
    #expect(try weighted.sample(0).weight == 3)
    let report = try SampleSet.images(at: root, size: nil, damaged: .error, memoryBytes: 0).report
    #expect(try report == DataReport(imagesAt: root))
  }

  @Test("come in the batches of those in memory, in every pass")
  func sameBatches() async throws {
    let plan = BatchPlan(sampleCount: 23, batchSize: 8, seed: 5)
    for pass in 0..<2 {
      let wanted = try plan.batches(epoch: pass).map { try data.subset($0) }
      let found = try await batches(files.batches(of: 8, shuffledBy: 5), pass: pass)
      #expect(found.map(\.features) == wanted.map(\.features))
      #expect(found.map(\.targets) == wanted.map(\.targets))
      let inMemory = try await batches(SampleSet(data).batches(of: 8, shuffledBy: 5), pass: pass)
      #expect(inMemory.map(\.features) == wanted.map(\.features))
    }
    let inOrder = try await batches(files.batches(of: 10))
    #expect(inOrder.map(\.count) == [10, 10, 3])
    #expect(try inOrder[2].features == data.subset([20, 21, 22]).features)
    let changes: [any Augmentation] = [HorizontalFlip(), PixelNoise()]
    for pass in 0..<2 {
      let (one, other) = (
        try await batches(files.batches(of: 8, augmentedBy: changes, seed: 3), pass: pass),
        try await batches(data.batches(of: 8, augmentedBy: changes, seed: 3), pass: pass)
      )
      #expect(one.map(\.features) == other.map(\.features))
      #expect(one.map(\.targets) == other.map(\.targets))
    }
  }

  @Test("stay in memory up to a budget, at whatever size they are brought to")
  func budget() throws {
    func isInMemory(_ bytes: Int, _ size: (height: Int, width: Int)? = nil) throws -> Bool {
      try SampleSet.images(at: root, size: size, damaged: .error, memoryBytes: bytes)
        .samples.data != nil
    }
    #expect(try isInMemory(23 * 90) && !isInMemory(23 * 90 - 1))
    #expect(try isInMemory(23 * 12, (2, 2)) && !isInMemory(23 * 12 - 1, (2, 2)))
    let (small, _) = try SampleSet.images(
      at: root, size: (2, 3), damaged: .error, memoryBytes: 0)
    #expect(try small.loaded().features == Dataset.images(at: root, size: (2, 3)).features)
  }

  @Test("leave out what is damaged if that is asked for, and refuse other sizes at once")
  func damage() throws {
    let broken = root.appending(path: "가/broken.png")
    try Data("no picture".utf8).write(to: broken)
    #expect(throws: DataError.self) {
      try SampleSet.images(at: root, size: nil, damaged: .error, memoryBytes: 0)
    }
    let (samples, report) = try SampleSet.images(
      at: root, size: nil, damaged: .skip, memoryBytes: 0)
    #expect(report.reading?.skippedCount == 1)
    #expect(try samples.contentHash() == data.contentHash)
    try ImageFile.pngData(.zeros([4, 4, 1], dtype: .uint8)).write(to: broken)
    for bytes in [0, 1 << 20] {
      let error = #expect(throws: DataError.self) {
        try SampleSet.images(at: root, size: nil, damaged: .error, memoryBytes: bytes)
      }
      #expect("\(try #require(error))".contains("가/broken.png"))
    }
  }

  @Test("say which file has changed or gone since they were listed")
  func change() async throws {
    try ImageFile.pngData(.zeros([4, 4, 1], dtype: .uint8))
      .write(to: root.appending(path: "나/1.png"))
    let changed = await #expect(throws: DataError.self) { try await batches(files.batches(of: 4)) }
    #expect("\(try #require(changed))".contains("나/1.png is uint8 [4, 4, 3]"))
    try FileManager.default.removeItem(at: root.appending(path: "나/1.png"))
    #expect(throws: DataError.self) { try files.loaded() }
  }
}

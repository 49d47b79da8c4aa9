import Foundation
import MoruArchive
import MoruData
import MoruTensors
import Synchronization
import Testing

@Suite("Streams of picture files")
struct ImageFolderStreamTests {
  /// A folder of classes with copies of fixtures, for as long as `body` runs.
  private func folder(
    _ files: [(name: String, fixture: String)], _ body: (ImageFolder, URL) async throws -> Void
  ) async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "사진-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, fixture) in files {
      let target = root.appending(path: name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: MoruDataTests.fixture(fixture), to: target)
    }
    try await body(ImageFolder(at: root), root)
  }

  private func first(
    _ folder: ImageFolder, _ augmentations: [any Augmentation]
  ) async throws -> HostTensor {
    var pass = folder.samples(shuffled: false, augmentedBy: augmentations, workers: 1).pass()
      .makeAsyncIterator()
    return try #require(try await pass.next()).features[0].values
  }

  @Test("decode no more of a JPEG picture than is shown, with the pixels of the whole")
  func parts() async throws {
    try await folder([("a/1.jpg", "waves.jpg")]) { folder, root in
      let whole = try PictureSample(ImageFile.read(at: fixture("waves.jpg")))
      let lists: [[any Augmentation]] = [
        [Crop(height: 40, width: 50)],
        [HorizontalFlip(probability: 1), Crop(height: 33, width: 21)],
        [RandomResizedCrop(height: 60, width: 70, scale: .init(0.2, 0.3))],
        [Crop(height: 40, width: 50, padding: 30)], [Rotate(degrees: 20)], [],
      ]
      for augmentations in lists {
        let found = try await first(folder, augmentations)
        var expected = whole
        // The seed of the stream's first sample.
        let seed = Seed(0).child("augmentation").child(0).child(0).child(0)
        expected.apply(augmentations.operations(for: whole.frame, seed: seed))
        #expect(found == expected.pixels)
      }
    }
  }

  @Test("decode at the resolution that is needed", arguments: [30, 21, 15, 10])
  func scaled(height: Int) async throws {
    try await folder([("a/1.jpg", "waves.jpg")]) { folder, _ in
      let width = height * 7 / 5
      let found = try await first(folder, [Resize(height: height, width: width)])
      let whole = try ImageFile.read(at: fixture("waves.jpg"))
      let expected = try ImageFile.resized(whole, height: height, width: width)
      #expect(found.shape == expected.shape)
      let pairs = zip(
        try found.array(of: UInt8.self), try expected.array(of: UInt8.self)
      ).map { abs(Int($0) - Int($1)) }
      // Two ways of taking means: close, but not the same.
      #expect(Double(pairs.reduce(0, +)) / Double(pairs.count) < 4)
      #expect((pairs.max() ?? 0) < 30)
    }
  }

  @Test("turn pictures as the camera was held, and bring all kinds to one form")
  func kinds() async throws {
    let names = ["orientation6.jpg", "progressive.jpg", "grey.jpg", "rgba.png", "palette.png"]
    try await folder(names.map { ("양품/" + $0, $0) }) { folder, _ in
      for channels in [1, 3] {
        var pass = folder.samples(shuffled: false, channels: channels).pass().makeAsyncIterator()
        for item in folder.items {
          let sample = try #require(try await pass.next())
          let expected = try ImageFile.converted(
            ImageFile.read(at: item.url), toChannels: channels)
          #expect(sample.features[0].values == expected, "\(item.name)")
          #expect(sample.targets[0].value == .label(0, labels: ["양품"]))
        }
      }
    }
  }

  @Test("are the same whatever the number of threads, and go on in the middle")
  func workers() async throws {
    let files = (0..<30).map { ("\($0 % 3)/\($0).jpg", $0 % 2 == 0 ? "waves.jpg" : "rgb.jpg") }
    try await folder(files) { folder, _ in
      let list: [any Augmentation] = [
        RandomResizedCrop(height: 12, width: 12), HorizontalFlip(), Brightness(), PixelNoise(5),
      ]
      func batches(_ workers: Int, from place: Int = 0) async throws -> [Dataset] {
        var all: [Dataset] = []
        let stream = folder.samples(augmentedBy: list, seed: 4, workers: workers).batched(4)
        #expect(stream.count == 8)
        for try await batch in stream.pass(1, from: place) { all.append(batch) }
        return all
      }
      let expected = try await batches(1)
      #expect(expected.map(\.count) == [4, 4, 4, 4, 4, 4, 4, 2])
      #expect(try await batches(3) == expected)
      #expect(try await batches(2, from: 5) == Array(expected[5...]))
    }
  }

  @Test("name a damaged file, or leave it out and tell")
  func damaged() async throws {
    try await folder([("a/1.jpg", "rgb.jpg"), ("a/2.jpg", "rgb.jpg"), ("b/3.png", "rgb.png")]) {
      folder, root in
      let bad = root.appending(path: "a/2.jpg")
      try Data(contentsOf: bad).prefix(200).write(to: bad)
      await #expect {
        for try await _ in folder.samples(shuffled: false).pass() {}
      } throws: { "\($0)".hasPrefix("a/2.jpg: ") }
      let told = Mutex<[String]>([])
      var count = 0
      let skipping = folder.samples(
        failures: .skip { error in told.withLock { $0.append("\(error)") } })
      for try await _ in skipping.pass() { count += 1 }
      #expect(count == 2 && skipping.count == nil)
      #expect(told.withLock { $0.count } == 1)
      try FileManager.default.removeItem(at: bad)
      await #expect {
        for try await _ in folder.samples(shuffled: false).pass() {}
      } throws: { "\($0)".hasPrefix("a/2.jpg: cannot be read") }
    }
  }
}

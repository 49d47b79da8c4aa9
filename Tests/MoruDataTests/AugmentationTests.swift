import Foundation
import MoruArchive
import MoruData
import MoruTensors
import Testing

@Suite("Augmentations")
struct AugmentationTests {
  @Test("stand in the catalog, one for each file, in order of their names")
  func catalog() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/MoruData/Augmentation").standardizedFileURL
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    let declared = try #require(files).sorted { $0.lastPathComponent < $1.lastPathComponent }
      .compactMap { file in
        try String(contentsOf: file, encoding: .utf8)
          .firstMatch(of: /public static let kind = "(\w+)"/).map { String($0.1) }
      }
    #expect(augmentationCatalog.map { type(of: $0).kind } == declared)
    #expect(Set(declared).count == declared.count)
  }

  @Test("come back from their own coding", arguments: augmentationCatalog.indices)
  func coding(place: Int) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let saved = try encoder.encode(AugmentationBox(augmentationCatalog[place]))
    let back = try JSONDecoder().decode(AugmentationBox.self, from: saved)
    #expect(try encoder.encode(back) == saved)
  }

  @Test(
    "refuse settings out of range and keys they do not have",
    arguments: [
      (#"{"kind": "rotate", "degres": 3}"#, "Did you mean \"degrees\"?"),
      (#"{"kind": "rotat"}"#, "Did you mean \"rotate\"?"),
      (#"{"kind": "horizontalFlip", "probability": 1.5}"#, "between 0.0 and 1.0"),
      (#"{"kind": "crop", "height": 0, "width": 3}"#, "at least 1"),
      (#"{"kind": "translate", "border": "reflekt"}"#, "Did you mean \"reflect\"?"),
      (#"{"kind": "brightness", "factor": [0.4, 0.1]}"#, "[low, high]"),
      (#"{"kind": "gamma", "exponent": [-1, 2]}"#, "between 0.01 and 100.0"),
    ])
  func refusals(text: String, part: String) {
    #expect {
      try JSONDecoder().decode(AugmentationBox.self, from: Data(text.utf8))
    } throws: { "\($0)".contains(part) }
  }

  private static func picture(height: Int = 37, width: Int = 29, channels: Int = 3) -> HostTensor {
    HostTensor(shape: [height, width, channels]) { (target: UnsafeMutableBufferPointer<UInt8>) in
      for place in target.indices {
        target.initializeElement(
          at: place, to: UInt8(truncatingIfNeeded: place * place / 37 + place) / 2 + 20)
      }
    }
  }

  @Test(
    "of pictures depend on the seed alone, and change something",
    arguments: augmentationCatalog.indices)
  func seeded(place: Int) throws {
    guard augmentationCatalog[place] is any PictureAugmentation else { return }
    let list: [any Augmentation] = [augmentationCatalog[place]]
    for channels in [1, 3] {
      let sample = Sample(Self.picture(channels: channels))
      var results: Set<[UInt8]> = []
      for seed in 0..<12 {
        let seed = Seed(UInt64(seed))
        let first = try list.augmented(sample, seed: seed)
        #expect(try list.augmented(sample, seed: seed) == first)
        let values = first.features[0].values
        #expect(values.shape.rank == 3 && values.shape[2] == channels)
        results.insert(try values.array(of: UInt8.self))
      }
      let isStill =
        channels == 1 && ["hue", "saturation"].contains(type(of: augmentationCatalog[place]).kind)
      let isFixed = ["posterize", "solarize", "resize"].contains(
        type(of: augmentationCatalog[place]).kind)
      #expect(isStill || isFixed ? results.count == 1 : results.count > 1)
    }
  }

  @Test("work on pictures of one pixel", arguments: augmentationCatalog.indices)
  func tiny(place: Int) throws {
    let list: [any Augmentation] = [augmentationCatalog[place]]
    for (height, width) in [(1, 1), (1, 9), (9, 1), (2, 2)] {
      for seed in 0..<10 {
        _ = try list.augmented(
          Sample(Self.picture(height: height, width: width)), seed: Seed(UInt64(seed)))
      }
    }
  }

  @Test("chains of a policy leave things where they are if a mask or boxes belong to the picture")
  func augMixRegions() throws {
    var sample = try PictureSample(
      Self.picture(), boxes: [PictureBox(left: 1, top: 1, right: 9, bottom: 9)])
    for seed in 0..<30 {
      sample.apply(
        ([AugMix()] as [any Augmentation]).operations(
          for: PictureFrame(height: 37, width: 29, hasRegions: true), seed: Seed(UInt64(seed))))
    }
    #expect(sample.boxes == [PictureBox(left: 1, top: 1, right: 9, bottom: 9)])
  }

  // Batches

  private static func batch() throws -> Dataset {
    let values = HostTensor(shape: [4, 6, 5, 1]) { (target: UnsafeMutableBufferPointer<UInt8>) in
      for place in target.indices {
        target.initializeElement(at: place, to: UInt8(50 * (place / 30)))
      }
    }
    return try Dataset(
      source: "four", features: [.init(values: values)],
      targets: .classes([0, 1, 2, 1], labels: ["a", "b", "c"]))
  }

  @Test("that mix batches keep shares of classes that sum to 1, and of the right samples")
  func mixing() throws {
    let batch = try Self.batch()
    for seed in 0..<20 {
      for augmentation in [MixUp(alpha: 1), CutMix()] as [any BatchAugmentation] {
        var generator = Seed(UInt64(seed)).generator
        let mixed = try augmentation.mixed(batch, using: &generator)
        let shares = try mixed.targets[0].tensor.array(of: Float.self)
        let pixels = try mixed.features[0].values.array(of: UInt8.self)
        #expect(mixed.targets[0].labels == ["a", "b", "c"])
        for sample in 0..<4 {
          let row = shares[sample * 3..<sample * 3 + 3]
          #expect(abs(row.reduce(0, +) - 1) < 1e-6)
          // Which brightness stands behind a class is known: 0, 50 or 150, 100.
          let mean =
            pixels[sample * 30..<sample * 30 + 30].reduce(0.0) { $0 + Double($1) } / 30
          let others = (0..<4).map { Double(50 * $0) }
          let own = Double(50 * sample)
          let ownShare = Double(shares[sample * 3 + [0, 1, 2, 1][sample]])
          // Its own share and that of one other sample explain the mean.
          #expect(
            others.contains { other in
              let isSameClass = [0, 1, 2, 1][Int(other) / 50] == [0, 1, 2, 1][sample]
              return isSameClass || abs(ownShare * own + (1 - ownShare) * other - mean) < 0.6
            })
        }
      }
    }
  }

  @Test("mix of Beta(α, α): mean and variance")
  func beta() throws {
    for alpha in [0.2, 1, 3] {
      // The share of a sample that is mixed with another is what is drawn.
      let values = try HostTensor([Float](arrayLiteral: 0, 1), shape: [2, 1])
      let batch = try Dataset(
        source: "two", features: [.init(values: values)], targets: .values([0, 1]))
      var shares: [Double] = []
      for seed in 0..<4000 {
        var generator = Seed(UInt64(seed)).child("beta").generator
        let mixed = try MixUp(alpha: alpha).mixed(batch, using: &generator)
        let numbers = try mixed.features[0].values.array(of: Float.self)
        if numbers != [0, 1] { shares.append(Double(numbers[1])) }
      }
      let mean = shares.reduce(0, +) / Double(shares.count)
      let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
      #expect(abs(mean - 0.5) < 0.05)
      // Var Beta(α, α) = 1 / (4 (2 α + 1)).
      #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.02)
    }
  }

  @Test("that need pictures say so")
  func mixingRefused() throws {
    let table = try Dataset(
      source: "table", features: [.init(values: .zeros([4, 3]))], targets: .values([1, 2, 3, 4]))
    var generator = Seed(1).generator
    #expect(throws: DataError.inconsistent("cutMix needs one feature of pictures")) {
      try CutMix().mixed(table, using: &generator)
    }
  }

  // Series

  @Test("of series keep their length, and a warped window its ends")
  func series() {
    let series = Series(features: 2, values: (0..<80).map { Float($0) })
    for augmentation in [Jitter(), Scaling(), WindowWarp()] as [any SeriesAugmentation] {
      var (first, second) = (Seed(3).generator, Seed(3).generator)
      let changed = augmentation.augmented(series, using: &first)
      #expect(changed.length == 40 && changed != series)
      #expect(augmentation.augmented(series, using: &second) == changed)
    }
    for seed in 0..<30 {
      var generator = Seed(UInt64(seed)).generator
      let warped = WindowWarp(window: 0.3).augmented(series, using: &generator)
      #expect(warped.values.prefix(2) == series.values.prefix(2))
      #expect(
        zip(warped.values.suffix(2), series.values.suffix(2)).allSatisfy { abs($0 - $1) < 1e-3 })
      // Time never runs backwards.
      let times = stride(from: 0, to: 80, by: 2).map { warped.values[$0] }
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 + 1e-4 })
    }
    var generator = Seed(1).generator
    let short = Series(features: 1, values: [1])
    #expect(WindowWarp().augmented(short, using: &generator) == short)
  }

  @Test("noise has the deviation that was asked for")
  func noise() throws {
    let grey = HostTensor(repeating: UInt8(128), shape: [100, 100, 1])
    let list: [any Augmentation] = [PixelNoise(.init(12, 12), probability: 1)]
    let values = try list.augmented(Sample(grey), seed: 5).features[0].values.array(of: UInt8.self)
    let mean = values.reduce(0.0) { $0 + Double($1) } / 10_000
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 10_000
    #expect(abs(mean - 128) < 0.5 && abs(variance.squareRoot() - 12) < 0.3)
  }

  @Test("a contact sheet shows each sample in a row, masks in red and boxes in green")
  func sheet() throws {
    let box = PictureBox(left: 2, top: 2, right: 6, bottom: 6)
    let mask = HostTensor(repeating: UInt8(1), shape: [8, 8, 1])
    let plain = try PictureSample(.zeros([8, 8, 1], dtype: .uint8))
    let marked = try PictureSample(.zeros([8, 8, 1], dtype: .uint8), mask: mask, boxes: [box])
    let sheet = ContactSheet(rows: [[plain, marked], [plain]], gap: 2, smallestSide: 16)
    let image = try sheet.image()
    #expect(image.shape == [2 * 18 + 2, 2 * 18 + 2, 3])
    let pixels = try image.array(of: UInt8.self)
    func pixel(_ row: Int, _ column: Int) -> [UInt8] {
      Array(pixels[(row * 38 + column) * 3..<(row * 38 + column) * 3 + 3])
    }
    #expect(pixel(0, 0) == [255, 255, 255] && pixel(3, 3) == [0, 0, 0])
    #expect(pixel(3, 21) == [127, 0, 0])
    #expect(pixel(2 + 4, 20 + 4) == [0, 220, 60])
    #expect(pixel(25, 25) == [255, 255, 255], "an empty place")
    #expect(try ImageFile.decode(sheet.pngData(), name: "sheet") == image)
    #expect(throws: DataError.self) { try ContactSheet(rows: []).image() }
  }

  @Test("the sheet shows what a stream brings")
  func sheetIsTrue() async throws {
    let data = try Dataset(
      source: "pictures",
      features: [.init(values: .stacked((0..<5).map { _ in Self.picture(height: 64, width: 64) }))],
      targets: .classes([0, 1, 0, 1, 0], labels: ["a", "b"]))
    let list: [any Augmentation] = [HorizontalFlip(), Rotate(), Brightness()]
    let sheet = try ContactSheet(of: data, places: [1, 3], passes: 2, augmentations: list, seed: 9)
    let stream = data.samples.augmented(by: list, seed: 9, workers: 2)
    for pass in 0..<2 {
      var samples: [Sample] = []
      for try await sample in stream.pass(pass) { samples.append(sample) }
      #expect(
        sheet.rows.map { $0[pass + 1].pixels } == [1, 3].map { samples[$0].features[0].values })
    }
    #expect(
      sheet.rows.map { $0[0].pixels } == [
        Self.picture(height: 64, width: 64), Self.picture(height: 64, width: 64),
      ])
  }
}

import Foundation
import MoruData
import MoruLayers
import MoruMetrics
import MoruOptimizers
import MoruTraining
import Testing

@Suite("TensorBoard") struct TensorBoardTests {
  @Test("records are byte for byte those of TensorFlow")
  func records() throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/events/figures.tfevents").standardized
    let values: [(EventRecord.Value, String, Int)] = [
      (.scalar(0.75), "epoch_loss", 0), (.scalar(0.1), "epoch_loss", 1),
      (.scalar(-1e30), "epoch_정확도", 300),
      (.histogram([-1, 0, 0.5, 0.75, 1, .nan, 2], buckets: 3), "dense/kernel/histogram", 1),
      (.histogram([3, 3], buckets: 2), "dense/bias/histogram", 2),
    ]
    var bytes = EventRecord.version(wallTime: 1_700_000_000.25)
    for (place, (value, tag, step)) in values.enumerated() {
      bytes += EventRecord.value(
        value, tag: tag, step: step, wallTime: 1_700_000_001.5 + Double(place))
    }
    #expect(Data(bytes) == (try Data(contentsOf: golden)))
  }

  @Test("checksums are Castagnoli's")
  func checksum() {
    // RFC 3720, appendix B.4.
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.of([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.of(Array(0..<32)) == 0x46dd_794e)
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xe306_9283)
  }

  /// The tags of the records of a file.
  private func tags(_ file: URL) throws -> [String] {
    var rest = Array(try Data(contentsOf: file))[...]
    var tags: [String] = []
    while rest.count >= 12 {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let event = fields(rest.dropFirst(12).prefix(length))
      let value = fields(fields(event[5] ?? [])[1] ?? [])
      tags.append(String(decoding: event[3] ?? value[1] ?? [], as: UTF8.self))
      rest = rest.dropFirst(16 + length)
    }
    #expect(rest.isEmpty)
    return tags
  }

  /// The bytes of a message's fields by number, where they are bytes.
  private func fields(_ message: ArraySlice<UInt8>) -> [Int: ArraySlice<UInt8>] {
    var rest = message
    var fields: [Int: ArraySlice<UInt8>] = [:]
    func varint() -> Int {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst() {
        value |= Int(byte & 0x7f) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      return value
    }
    while !rest.isEmpty {
      let tag = varint()
      switch tag & 7 {
      case 0: _ = varint()
      case 1: rest = rest.dropFirst(8)
      default:
        let length = varint()
        fields[tag >> 3] = rest.prefix(length)
        rest = rest.dropFirst(length)
      }
    }
    return fields
  }

  @Test("finds a run for training and one for validation")
  func layout() async throws {
    let folder = try TemporaryFolder()
    let board = TensorBoard(
      folder.path("logs"), histogramFrequency: 2, updateFrequency: .steps(4))
    _ = try await Digits.mlp.fit(
      Digits.load(count: 200), epochs: 2, optimizer: .sgd(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .split(0.2),
      callbacks: [board])
    func file(_ run: String) throws -> URL {
      let files = try FileManager.default.contentsOfDirectory(
        at: folder.url.appending(path: "logs/\(run)"), includingPropertiesForKeys: nil)
      #expect(files.count == 1)
      return try #require(files.first)
    }
    // 160 samples are 5 steps an epoch: steps 4 and 8 are written.
    let batch = ["batch_loss", "batch_accuracy"]
    let epoch = ["epoch_loss", "epoch_accuracy", "epoch_learning_rate"]
    let weights = ["dense/bias", "dense/kernel", "dense_1/bias", "dense_1/kernel"]
    #expect(
      try tags(file("train")) == ["brain.Event:2"] + batch + epoch
        + weights.map { $0 + "/histogram" } + batch + epoch)
    #expect(
      try tags(file("validation")) == [
        "brain.Event:2", "epoch_loss", "epoch_accuracy", "epoch_loss", "epoch_accuracy",
      ])
  }
}

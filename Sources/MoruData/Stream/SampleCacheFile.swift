internal import Foundation
internal import MoruArchive
internal import MoruTensors

/// Samples of one pass of a stream in a file, which is read at any place.
///
/// Behind eight bytes that name the format stand the samples, each as a safetensors file; then where
/// each ends, what there is to know of all (`Contents`), and where these two begin.
final class SampleCacheFile: Sendable {
  /// What there is to know of all samples.
  struct Contents: Codable {
    /// The stream that they come from.
    let stream: String
    /// The labels of targets, each set once.
    var labels: [[String]] = []
    /// How many samples there are.
    var count = 0
  }

  static let mark = Data("MORUSMP2".utf8)
  private static let contentsLimit = 64 << 20

  private let file: OpenFile
  private let name: String
  private let contents: Contents
  /// Where each sample ends.
  private let ends: [Int]

  /// How many samples there are.
  var count: Int { ends.count }

  /// Opens a file.
  ///
  /// - Parameter wanted: How many samples the stream has; nil if that is not known.
  /// - Throws: `DataError.cache` for a file that is none, is damaged, or is of another stream.
  init(at url: URL, of stream: String, count wanted: Int?) throws(DataError) {
    let name = url.lastPathComponent
    self.name = name
    let damaged = DataError.cache(
      file: name, problem: "the file is no cache, or is damaged", advice: "Remove it.")
    do {
      let file = try OpenFile(reading: url)
      let markSize = Self.mark.count
      guard file.byteCount >= markSize + 24, try file.read(count: markSize, at: 0) == Self.mark
      else { throw damaged }
      func numbers(_ count: Int, at offset: Int) throws -> [Int] {
        let bytes = [UInt8](try file.read(count: 8 * count, at: offset))
        return (0..<count).compactMap { place in
          Int(
            exactly: bytes[8 * place..<8 * place + 8].reversed().reduce(UInt64(0)) {
              $0 << 8 | UInt64($1)
            })
        }
      }
      let tail = try numbers(3, at: file.byteCount - 24)
      guard tail.count == 3, tail[0] >= markSize, tail[1] >= tail[0], tail[2] >= 0,
        tail[1] <= file.byteCount - 24, file.byteCount - 24 - tail[1] <= Self.contentsLimit,
        tail[2] == (tail[1] - tail[0]) / 8, (tail[1] - tail[0]) % 8 == 0
      else { throw damaged }
      ends = try numbers(tail[2], at: tail[0])
      var last = markSize
      for end in ends {
        guard end >= last, end <= tail[0] else { throw damaged }
        last = end
      }
      contents = try JSONDecoder().decode(
        Contents.self, from: file.read(count: file.byteCount - 24 - tail[1], at: tail[1]))
      guard ends.count == tail[2], ends.count == contents.count else { throw damaged }
      self.file = file
    } catch let error as ArchiveError {
      guard case .system = error else { throw damaged }
      throw .cache(
        file: name, problem: "\(error)", advice: "Make the file readable, or remove it.")
    } catch { throw damaged }
    guard contents.stream == stream else {
      throw .cache(
        file: name, problem: "it was made of another stream (\(contents.stream))",
        advice: "Name another file for this one (\(stream)), or remove it.")
    }
    guard wanted == nil || wanted == ends.count else {
      throw .cache(
        file: name, problem: "it holds \(ends.count) samples, and the stream has \(wanted ?? 0)",
        advice: "Remove it; it is made anew.")
    }
  }

  /// The sample at a place, and its place in the source it came from.
  ///
  /// - Throws: `DataError.cache` for a damaged sample.
  func sample(_ place: Int) throws(DataError) -> Indexed<Sample> {
    let start = place == 0 ? Self.mark.count : ends[place - 1]
    do {
      let bytes = try file.read(count: ends[place] - start, at: start)
      return try SampleRecord(SafeTensors(bytes, name: name)).sample(labels: contents.labels)
    } catch {
      throw .cache(
        file: name, problem: "sample \(place) is damaged", advice: "Remove the file.")
    }
  }
}

/// A cache while a pass goes by.
final class SampleCacheDraft {
  private let draft: FileDraft
  private var contents: SampleCacheFile.Contents
  private var placeOfLabels: [[String]: Int] = [:]
  private var ends: [UInt64] = []
  private var end: Int

  /// - Throws: `ArchiveError.system` if the file cannot be written.
  init(at url: URL, of stream: String) throws {
    draft = try FileDraft(for: url)
    contents = SampleCacheFile.Contents(stream: stream)
    try draft.write(SampleCacheFile.mark)
    end = SampleCacheFile.mark.count
  }

  func add(_ item: Indexed<Sample>) throws {
    let record = SampleRecord(item) { labels in
      if let place = placeOfLabels[labels] { return place }
      placeOfLabels[labels] = contents.labels.count
      contents.labels.append(labels)
      return contents.labels.count - 1
    }
    let bytes = try record.bytes()
    try draft.write(bytes)
    end += bytes.count
    ends.append(UInt64(end))
    contents.count += 1
  }

  /// Puts the cache at its path.
  func finish() throws {
    func bytes(_ numbers: [UInt64]) -> Data {
      Data(
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } })
    }
    try draft.write(bytes(ends))
    try draft.write(JSONEncoder().encode(contents))
    try draft.write(bytes([UInt64(end), UInt64(end + 8 * ends.count), UInt64(ends.count)]))
    try draft.commit()
  }
}

/// A sample as tensors and words.
private struct SampleRecord {
  /// What is not a tensor.
  private struct Words: Codable {
    struct Target: Codable {
      let name: String
      /// A class, a number's bits, or a tensor; a class's labels by their place.
      var label: Int32?
      var labels: Int?
      var number: UInt32?
    }

    let pass: Int
    let index: Int
    let features: [String]
    let targets: [Target]
    /// The weight's bits.
    let weight: UInt32?
  }

  private static let key = "sample"
  private let tensors: [String: HostTensor]
  private let words: Words

  init(_ item: Indexed<Sample>, placeOf: ([String]) -> Int) {
    let sample = item.element
    var tensors: [String: HostTensor] = [:]
    for (place, feature) in sample.features.enumerated() { tensors["f\(place)"] = feature.values }
    let targets = sample.targets.enumerated().map { place, target in
      var words = Words.Target(name: target.name)
      switch target.value {
      case .label(let label, let labels): (words.label, words.labels) = (label, placeOf(labels))
      case .number(let number): words.number = number.bitPattern
      case .tensor(let tensor): tensors["t\(place)"] = tensor
      }
      return words
    }
    self.tensors = tensors
    words = Words(
      pass: item.pass, index: item.index, features: sample.features.map(\.name), targets: targets,
      weight: sample.weight?.bitPattern)
  }

  init(_ file: SafeTensors) throws {
    tensors = try file.tensors()
    words = try JSONDecoder().decode(Words.self, from: Data((file.metadata[Self.key] ?? "").utf8))
  }

  func bytes() throws -> Data {
    let words = String(decoding: try JSONEncoder().encode(words), as: UTF8.self)
    return try SafeTensors.encode(tensors, metadata: [Self.key: words])
  }

  /// - Throws: `DataError.inconsistent` for a tensor or labels that are not there.
  func sample(labels: [[String]]) throws -> Indexed<Sample> {
    func tensor(_ name: String) throws -> HostTensor {
      guard let tensor = tensors[name] else { throw DataError.inconsistent("a tensor is missing") }
      return tensor
    }
    var sample = Sample(features: [], weight: words.weight.map { Float(bitPattern: $0) })
    for (place, name) in words.features.enumerated() {
      sample.features.append(Dataset.Feature(name: name, values: try tensor("f\(place)")))
    }
    for (place, target) in words.targets.enumerated() {
      let value: Sample.Target.Value
      if let label = target.label, let set = target.labels {
        guard labels.indices.contains(set), labels[set].indices.contains(Int(label)) else {
          throw DataError.inconsistent("labels are missing")
        }
        value = .label(label, labels: labels[set])
      } else if let number = target.number {
        value = .number(Float(bitPattern: number))
      } else {
        value = .tensor(try tensor("t\(place)"))
      }
      sample.targets.append(Sample.Target(name: target.name, value))
    }
    return Indexed(pass: words.pass, index: words.index, element: sample)
  }
}

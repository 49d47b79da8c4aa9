import Foundation
import MoruData
import MoruTensors
import Testing

/// A file of the Fixtures folder.
func fixture(_ name: String) throws -> URL {
  try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)")
}

/// The repository's root.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

let digitsFile = root.appendingPathComponent("Examples/data/digits.csv.gz")

/// Real data beside the repository, where there are any.
let sharedData = root.deletingLastPathComponent().appendingPathComponent("shared/data")

func hasShared(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: sharedData.appendingPathComponent(path).path)
}

/// What Python's libraries read in the fixtures; see make_fixtures.py.
struct Expected: Decodable {
  struct Picture: Decodable {
    let shape: [Int]
    let pixels: [UInt8]
  }
  struct Digits: Decodable {
    let rows: Int
    let sum: Double
    let minimum, mean, maximum: [Double]
    let distinct: [Int]
    let duplicates: Int
    let classes, stratifiedTest: [Int]
  }
  let pictures: [String: Picture]
  let resized: [String: [UInt8]]
  let messy: [[String]]
  let numbers: [[String]]
  let idx: [UInt8]
  let mean, mostFrequent: [Float]
  let digits: Digits

  static func load() throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(contentsOf: fixture("expected.json")))
  }
}

/// Calls `body` with a new folder that is removed afterwards.
func withTemporaryFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("moru-data-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The same for what waits.
func withTemporaryFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("moru-data-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// The text of the `DataError` that `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as DataError {
    return error.description
  } catch {
    return "another error: \(error)"
  }
}

func table(_ text: String, source: String = "rows.csv") throws -> Table {
  try Table(csv: Data(text.utf8), source: source)
}

/// The random numbers that another library drew.
struct RecordedChance: Chance {
  var places: ArraySlice<Int32>
  var fractions: ArraySlice<Double>
  var isUsedUp: Bool { places.isEmpty && fractions.isEmpty }

  mutating func places(_ count: Int, below bound: Int) -> [Int] {
    defer { places = places.dropFirst(count) }
    return places.prefix(count).map(Int.init)
  }

  mutating func differentPlaces(_ count: Int, below bound: Int) -> [Int] {
    places(count, below: bound)
  }

  mutating func fractions(_ count: Int) -> [Double] {
    defer { fractions = fractions.dropFirst(count) }
    return Array(fractions.prefix(count))
  }
}

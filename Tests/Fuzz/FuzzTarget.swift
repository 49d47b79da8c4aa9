import Foundation
import MoruArchive
import MoruData
import MoruInterop
import MoruLearners
import MoruTensors
import MoruWorkflow

/// Something that reads bytes from outside, and good inputs to begin with.
///
/// Reading either succeeds or throws; all else is a failure: a trap, a hang, memory without bound, or a
/// result that contradicts itself, which `read` says by trapping.
struct FuzzTarget: Sendable {
  let name: String
  /// Files below the repository's root.
  let seeds: [String]
  let read: @Sendable (Data) throws -> Void

  private static let fixtures = "Tests/MoruDataTests/Fixtures/"
  private static let keras = "Tests/Golden/keras/"
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  func seedBytes() throws -> [[UInt8]] {
    try seeds.map { [UInt8](try Data(contentsOf: Self.root.appending(path: $0))) }
  }

  static let all: [FuzzTarget] = [
    FuzzTarget(
      name: "csv",
      seeds: fixtureTables, read: readTable),
    FuzzTarget(name: "jsonl", seeds: [fixtures + "rows.jsonl"]) { bytes in
      let skipping = TableFormat(damaged: .skip, nested: .flatten)
      _ = try Table(jsonLines: bytes, source: "jsonl", as: skipping)
      _ = try Table(jsonLines: bytes, source: "jsonl")
    },
    FuzzTarget(
      name: "idx",
      seeds: ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte", "int16.idx", "float64.idx"]
        .map { fixtures + $0 }
    ) { _ = try IDX.decode($0, name: "idx") },
    FuzzTarget(
      name: "npy",
      seeds: ["f4", "i8_big", "fortran", "empty", "scalar", "version3", "records"]
        .map { fixtures + "numpy/\($0).npy" }
    ) { _ = try NumPy.decode($0, name: "npy") },
    FuzzTarget(
      name: "npz",
      seeds: ["stored", "deflated"].map { fixtures + "numpy/\($0).npz" }
    ) { _ = try NumPy.decodeArchive($0, name: "npz") },
    FuzzTarget(
      name: "png",
      seeds: ["bits", "grey", "grey16", "palette", "rgb", "rgba", "orientation6"].map {
        fixtures + "\($0).png"
      },
      read: readPicture),
    FuzzTarget(
      name: "jpeg",
      seeds: ["cmyk", "grey", "progressive", "rgb", "orientation6"].map { fixtures + "\($0).jpg" },
      read: readPicture),
    FuzzTarget(
      name: "webp",
      seeds: ["rgb", "lossy", "rgba", "orientation6"].map { fixtures + "\($0).webp" },
      read: readPicture),
    FuzzTarget(
      name: "tiff",
      seeds: ["rgb", "lzw", "deflate", "grey", "bits", "orientation6"].map {
        fixtures + "\($0).tiff"
      },
      read: readPicture),
    FuzzTarget(
      name: "hdf5",
      seeds: ["Tests/MoruArchiveTests/Fixtures/values.h5"]
        + ["trained.h5", "recurrent_2.h5"].map { keras + $0 }
    ) { _ = try HDF5File.decode($0, name: "hdf5").tensors },
    FuzzTarget(
      name: "keras",
      seeds: ["mlp.keras", "trained.keras", "lambda.keras", "functional_2.h5"].map { keras + $0 }
    ) { _ = try KerasFile.decode($0, name: "keras") },
    FuzzTarget(
      name: "onnx",
      seeds: ["mlp", "cnn", "lstm", "gru", "residual", "shapes", "attention"].map {
        "Tests/Golden/onnx/\($0).onnx"
      }
    ) { _ = try ONNXFile.decode($0, name: "onnx") },
    FuzzTarget(
      name: "yaml",
      seeds: ["diabetes", "digits", "film_reviews", "mnist_cnn"].map { "Examples/\($0).yaml" }
    ) { _ = try TrainingConfiguration.decode($0, path: "fuzz.yaml").yaml() },
    FuzzTarget(name: "schema", seeds: ["table", "pictures"].map { here + "\($0).yaml" }) { bytes in
      let schema = try DataSchema(yaml: bytes, path: "fuzz.yaml")
      _ = try schema.yaml()
      guard schema.pictures == nil else { return }
      _ = schema.findings(in: try Table(csv: cleaned, source: "parts.csv"))
    },
    FuzzTarget(name: "rules", seeds: ["Examples/parts_rules.yaml"]) {
      _ = try RuleList.decode($0, path: "fuzz.yaml").description
    },
    FuzzTarget(name: "journal", seeds: [here + "parts.csv.journal.json"]) { bytes in
      let journal = try JSONDecoder().decode(CleaningJournal.self, from: bytes)
      _ = journal.counts
      _ = try TableCleaning.original(from: cleaned, journal)
    },
    FuzzTarget(name: "cleaning", seeds: fixtureTables) { bytes in
      let file = FileManager.default.temporaryDirectory.appending(
        path: "fuzz-\(ProcessInfo.processInfo.processIdentifier).csv")
      try bytes.write(to: file)
      // Whatever is cleaned comes back byte for byte, or nothing is.
      let cleaning = try TableCleaning(
        of: file, target: nil, steps: Set(CleaningStep.allCases), output: "x")
      let back = try TableCleaning.original(from: cleaning.bytes, cleaning.journal)
      precondition(Checksum(of: back) == cleaning.journal.sourceChecksum)
    },
  ]

  private static let here = "Tests/Fuzz/Seeds/"
  private static let fixtureTables = ["messy.csv", "mixed.csv", "cp949.csv"].map { fixtures + $0 }
  /// The table that the journal belongs to.
  private static let cleaned =
    (try? Data(contentsOf: root.appending(path: here + "parts.csv"))) ?? Data()

  @Sendable private static func readPicture(_ bytes: Data) throws {
    _ = try ImageFile.decode(bytes, name: "picture", pixelLimit: 1 << 22)
  }

  /// Reads a table in every way, which must agree.
  @Sendable private static func readTable(_ bytes: Data) throws {
    let skipping = TableFormat(damaged: .skip)
    let whole = Result { try Table(csv: bytes, source: "csv", as: skipping) }
    let cut = Result {
      try Table(
        csv: bytes, source: "csv", as: skipping, limits: TableLimits(stretch: 24, sample: 8))
    }
    switch (whole, cut) {
    case (.success(let whole), .success(let cut)):
      // NaN is not equal to itself, so texts are compared.
      precondition("\(whole)" == "\(cut)", "stretches change what is read")
    case (.failure(let whole), .failure(let cut)):
      precondition("\(whole)" == "\(cut)", "stretches change what is refused")
    default: preconditionFailure("stretches change whether a table is read")
    }
    // Rows may be too long for such a window, but nothing worse may happen.
    _ = try? Table(
      csv: bytes, source: "csv", as: skipping,
      limits: TableLimits(window: 4096, stretch: 16, sample: 8))
    let table = try Table(csv: bytes, source: "csv")
    let encoding = try TableEncoding(
      fitting: table, target: table.names.last, missing: .mostFrequent)
    _ = try encoding.dataset(from: table)
    _ = try DataReport(table, target: table.names.last).description
  }
}

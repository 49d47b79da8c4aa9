public import Foundation
public import MoruData
public import MoruModels
import MoruTensors

/// Samples that are to be judged, and what is known of them.
public struct GivenSamples: Sendable {
  /// The samples as the model takes them.
  public let data: Dataset
  /// What to call each sample.
  public let names: [String]
  /// What each sample is; nil if that is not known.
  public let kinds: [String]?
  /// Whether each pixel of each picture is in a defect, row by row; nil without masks.
  public let masks: [[Bool]]?

  /// Samples that were read or made.
  public init(
    data: Dataset, names: [String], kinds: [String]? = nil, masks: [[Bool]]? = nil
  ) {
    self.data = data
    self.names = names
    self.kinds = kinds
    self.masks = masks
  }

  /// The pictures of a folder, or of the folders in it, whose names say what the pictures show. They are
  /// brought to the size that the model takes.
  ///
  /// - Parameters:
  ///   - folder: The pictures.
  ///   - input: The model's input.
  ///   - masks: A folder with `KIND/NAME.png`, or `KIND/NAME_mask.png`, for each picture `KIND/NAME.…` of a
  ///     defect: as large as the picture, white where the defect is.
  ///   - good: The kind that has no masks.
  /// - Throws: `DataError` naming folder or picture; `AnomalyError.noMask` and `.maskSize`;
  ///   `ModelError.content` for a model that takes no pictures.
  public init(
    pictures folder: URL, for input: ModelInput, masks maskFolder: URL? = nil,
    good: String = "good"
  ) throws {
    let listed = try ImageFolder.loose(at: folder)
    let isFlat = listed.items.allSatisfy { !$0.name.contains("/") }
    let read = Parallel.map(listed.items.count) { place in
      let item = listed.items[place]
      return Result {
        let picture = try ImageFile.read(at: item.url)
        let isGood = !isFlat && listed.classes[Int(item.label)] == good
        let mask = try maskFolder.map {
          try Self.mask(of: item, showing: picture, in: $0, for: input, isGood: isGood)
        }
        return (sample: try input.encode(image: picture), mask: mask)
      }
    }
    let found = try read.map { try $0.get() }
    data = try Dataset(
      source: listed.name,
      features: [
        .init(name: input.name, values: HostTensor.concatenated(found.map(\.sample)))
      ])
    names = listed.items.map(\.name)
    kinds = isFlat ? nil : listed.items.map { listed.classes[Int($0.label)] }
    masks = maskFolder == nil ? nil : found.compactMap(\.mask)
  }

  /// The rows of a table.
  ///
  /// - Parameters:
  ///   - table: A CSV or `.jsonl` file with the columns that the model takes.
  ///   - input: The model's input.
  ///   - kind: The column that says what rows are; nil if none does.
  /// - Throws: `DataError` naming file, line and column; `ModelError.content` for a model that takes no
  ///   rows.
  public init(table url: URL, for input: ModelInput, kind: String? = nil) throws {
    guard let encoding = input.content.table else {
      throw ModelError.content(expected: input.wanted, found: "a table")
    }
    let table = try Table(
      at: url, asText: encoding.textColumns.union(kind.map { [$0] } ?? []))
    data = try Dataset(
      source: table.source,
      features: [
        .init(name: input.name, values: encoding.encode(table).converted(to: input.dtype))
      ])
    names = (0..<table.rowCount).map(table.place)
    kinds = try kind.map { try Self.kinds($0, rows: 0..<table.rowCount, of: table) }
    masks = nil
  }

  /// The steps of a table's series: each with those before it, from the first that has enough of them on;
  /// steps without a value are left out.
  ///
  /// - Parameters:
  ///   - table: A CSV or `.jsonl` file with the columns that the model takes.
  ///   - input: The model's input.
  ///   - kind: The column that says what steps are; nil if none does.
  /// - Throws: `DataError` naming file, row and column; `ModelError.content` for a model that takes no
  ///   series.
  public init(series url: URL, for input: ModelInput, kind: String? = nil) throws {
    guard let encoding = input.content.series else {
      throw ModelError.content(expected: input.wanted, found: "a series")
    }
    let table = try Table(
      at: url, asText: encoding.textColumns.union(kind.map { [$0] } ?? []))
    let series = try encoding.series(in: table)
    let windows = try encoding.stepWindows(of: series)
    data = try Dataset(
      source: table.source,
      features: [.init(name: input.name, values: windows.values.converted(to: input.dtype))])
    names = windows.steps.map { step in
      let one = series[step.series]
      return (one.name.map { $0 + " " } ?? "") + one.axis.label(step.place)
    }
    // A window ends with a step that has a value, and so a row.
    let rows = windows.steps.compactMap { series[$0.series].rows[$0.place] }
    kinds = try kind.map { try Self.kinds($0, rows: rows, of: table) }
    masks = nil
  }

  /// What a column says that rows of a table are.
  private static func kinds(
    _ name: String, rows: some Sequence<Int>, of table: Table
  ) throws(DataError) -> [String] {
    let column = try table.column(name)
    return try rows.map { row throws(DataError) in
      guard let text = column.text(at: row) else {
        throw DataError.missingValue(place: table.place(ofRow: row), column: name)
      }
      return text
    }
  }

  /// Which pixels of a picture are in a defect, in the size that the model takes.
  private static func mask(
    of item: ImageFolder.Item, showing picture: HostTensor, in folder: URL, for input: ModelInput,
    isGood: Bool
  ) throws -> [Bool] {
    let (height, width) = (input.shape[0], input.shape[1])
    let stem = (item.name as NSString).deletingPathExtension
    let candidates = ["\(stem).png", "\(stem)_mask.png"]
    let file = candidates.map { folder.appending(path: $0) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
    guard let file else {
      guard isGood else {
        throw AnomalyError.noMask(
          picture: item.name, looked: candidates.joined(separator: " nor "))
      }
      return [Bool](repeating: false, count: height * width)
    }
    let mask = try ImageFile.read(at: file)
    guard mask.shape[0] == picture.shape[0], mask.shape[1] == picture.shape[1] else {
      throw AnomalyError.maskSize(
        picture: item.name, found: "\(mask.shape[1]) × \(mask.shape[0])",
        expected: "\(picture.shape[1]) × \(picture.shape[0])")
    }
    let sized = try ImageFile.converted(
      ImageFile.resized(mask, height: height, width: width, interpolation: .area), toChannels: 1)
    return try sized.array(of: UInt8.self).map { $0 > 127 }
  }
}

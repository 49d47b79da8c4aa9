internal import MoruArchive

/// What the pictures of a folder by class are to be.
public struct PictureSchema: Codable, Sendable, Equatable {
  /// The classes that are allowed.
  public var classes: [String]
  /// How many pictures each class had; empty where drift is not to be judged.
  public var counts: [Int]
  /// The least width and height, in pixels.
  public var minimumWidth: Int
  public var minimumHeight: Int
  /// The greatest width and height, in pixels.
  public var maximumWidth: Int
  public var maximumHeight: Int
  /// The numbers of channels that are allowed: 1 grey, 3 colour.
  public var channels: [Int]
  /// The stability index of the classes' shares from which drift is a violation.
  public var maximumDrift: Double

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case classes, counts, minimumWidth, minimumHeight, maximumWidth, maximumHeight, channels
    case maximumDrift
  }

  /// The rules that pictures fulfil: exactly the sizes between the least and the greatest seen.
  init(inferredFrom report: DataReport) {
    classes = report.classes.map(\.label)
    counts = report.classes.map(\.count)
    let widths = report.imageSizes.map(\.width)
    let heights = report.imageSizes.map(\.height)
    minimumWidth = widths.min() ?? 1
    maximumWidth = widths.max() ?? 1
    minimumHeight = heights.min() ?? 1
    maximumHeight = heights.max() ?? 1
    channels = Set(report.imageSizes.map(\.channels)).sorted()
    maximumDrift = ColumnSchema.driftLimit
  }

  /// - Throws: `PlacedError` for an unknown key, or a setting that is out of range.
  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "pictures")
    classes = try fields.required(.classes)
    counts = try fields.value(.counts, default: [])
    guard counts.isEmpty || counts.count == classes.count, counts.allSatisfy({ $0 >= 0 }) else {
      throw fields.outOfRange(.counts, "left out, or one number of at least 0 for each class")
    }
    minimumWidth = try fields.positive(.minimumWidth, default: 1)
    minimumHeight = try fields.positive(.minimumHeight, default: 1)
    maximumWidth = try fields.positive(.maximumWidth, default: .max)
    maximumHeight = try fields.positive(.maximumHeight, default: .max)
    channels = try fields.value(.channels, default: [1, 3])
    maximumDrift = try fields.number(
      .maximumDrift, default: ColumnSchema.driftLimit, in: 0...Double.greatestFiniteMagnitude)
  }
}

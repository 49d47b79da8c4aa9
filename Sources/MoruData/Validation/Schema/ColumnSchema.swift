internal import Foundation
internal import MoruArchive
internal import MoruTensors

/// What a column of a table is to hold: rules, and how its values spread when they were inferred.
public struct ColumnSchema: Codable, Sendable, Equatable {
  /// What the cells are.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Whole numbers.
    case whole
    /// Numbers.
    case real
    /// One of a few texts.
    case category
    /// Any text.
    case text
  }

  /// The name in the header.
  public var name: String
  /// What the cells are.
  public var type: Kind
  /// Whether new data must have the column.
  public var required: Bool
  /// Whether no value may occur twice.
  public var unique: Bool
  /// The greatest share of cells without a value, 0…1.
  public var maximumMissing: Double
  /// The least number that is allowed; nil for no limit.
  public var minimum: Double?
  /// The greatest number that is allowed; nil for no limit.
  public var maximum: Double?
  /// The texts that are allowed, of categories.
  public var categories: [String]
  /// How often each category occurred; empty where drift is not to be judged.
  public var counts: [Int]
  /// Numbers at equal shares of the cells, from the least to the greatest; empty where drift is not
  /// to be judged.
  public var quantiles: [Double]
  /// How many cells had a value.
  public var samples: Int
  /// The stability index from which drift is a violation.
  public var maximumDrift: Double

  /// Text columns of more different values are texts, not categories.
  static let categoryLimit = 50
  /// Whole numbers of so few kinds are codes.
  static let codeLimit = 3
  /// Custom's mark for a large change.
  static let driftLimit = 0.25

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, type, required, unique, maximumMissing, minimum, maximum, categories, counts
    case quantiles, samples, maximumDrift
  }

  /// The rules that a column fulfils, with room for values that happen not to be among those seen.
  ///
  /// Ranges are widened by a quarter of their span, but not beyond 0 and not those of codes; missing shares by a quarter and
  /// one per cent where cells are missing at all.
  init(inferredFrom column: Table.Column) {
    let rowCount = column.values.count
    let missing = column.missingCount
    let share = Double(missing) / Double(max(rowCount, 1))
    name = column.name
    required = true
    samples = rowCount - missing
    maximumMissing = missing == 0 ? 0 : min(1, ((share * 1.25 + 0.01) * 100).rounded(.up) / 100)
    maximumDrift = Self.driftLimit
    minimum = nil
    maximum = nil
    categories = []
    counts = []
    quantiles = []
    switch column.values {
    case .numbers(let numbers):
      let present = numbers.filter { !$0.isNaN }.sorted()
      type = column.kind == .whole ? .whole : .real
      unique = column.kind == .whole && present.count >= 20 && Set(present).count == present.count
      guard let low = present.first, let high = present.last else { return }
      // Few kinds are codes: between and beyond them there is nothing.
      let isCode = type == .whole && Set(present).count <= Self.codeLimit
      let room = isCode ? 0 : high / 4 - low / 4
      func rounded(_ value: Double, _ rule: FloatingPointRoundingRule) -> Double {
        type == .whole ? value.rounded(rule) : value
      }
      // A serial number grows for ever.
      minimum = rounded(low >= 0 ? max(0, low - room) : low - room, .down)
      maximum = unique ? nil : rounded(high <= 0 ? min(0, high + room) : high + room, .up)
      quantiles =
        unique
        ? [] : (0...100).map { Self.written(present.quantile(Double($0) / 100)) }
    case .text(let codes, let texts):
      let isCategory = texts.count <= Self.categoryLimit && texts.count * 2 <= max(samples, 2)
      type = isCategory ? .category : .text
      unique = !isCategory && samples >= 20 && texts.count == samples
      guard isCategory else { return }
      categories = texts
      counts = [Int](repeating: 0, count: texts.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
    }
  }

  /// A number as a file keeps it, with 15 digits, so that what is read back is what was written.
  private static func written(_ number: Double) -> Double {
    Double(String(format: "%.15g", number)) ?? number
  }

  /// - Throws: `PlacedError` for an unknown key, or a setting that is out of range.
  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "a column")
    name = try fields.required(.name)
    let kind: String = try fields.required(.type)
    guard let type = Kind(rawValue: kind) else {
      throw PlacedError(
        ConfigurationError.unknown(
          kind, of: "type of columns", among: Kind.allCases.map(\.rawValue)),
        at: decoder.codingPath + [CodingKeys.type])
    }
    self.type = type
    required = try fields.value(.required, default: true)
    unique = try fields.value(.unique, default: false)
    maximumMissing = try fields.number(.maximumMissing, default: 1, in: 0...1)
    minimum = try fields.optional(.minimum)
    maximum = try fields.optional(.maximum)
    if let minimum, let maximum, !(minimum <= maximum) {
      throw fields.outOfRange(.maximum, "at least the minimum \(minimum), not \(maximum)")
    }
    categories = try fields.value(.categories, default: [])
    counts = try fields.value(.counts, default: [])
    guard counts.isEmpty || counts.count == categories.count, counts.allSatisfy({ $0 >= 0 }) else {
      throw fields.outOfRange(.counts, "left out, or one number of at least 0 for each category")
    }
    quantiles = try fields.value(.quantiles, default: [])
    guard quantiles.allSatisfy(\.isFinite), zip(quantiles, quantiles.dropFirst()).allSatisfy(<=)
    else { throw fields.outOfRange(.quantiles, "left out, or finite numbers in ascending order") }
    samples = try fields.value(.samples, default: 0)
    maximumDrift = try fields.number(
      .maximumDrift, default: Self.driftLimit, in: 0...Double.greatestFiniteMagnitude)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(type, forKey: .type)
    try container.encode(required, forKey: .required)
    try container.encode(unique, forKey: .unique)
    try container.encode(maximumMissing, forKey: .maximumMissing)
    try container.encodeIfPresent(minimum, forKey: .minimum)
    try container.encodeIfPresent(maximum, forKey: .maximum)
    if type == .category { try container.encode(categories, forKey: .categories) }
    if !counts.isEmpty { try container.encode(counts, forKey: .counts) }
    if !quantiles.isEmpty { try container.encode(quantiles, forKey: .quantiles) }
    try container.encode(samples, forKey: .samples)
    try container.encode(maximumDrift, forKey: .maximumDrift)
  }
}

extension Table.Column.Values {
  /// Number of cells.
  var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .text(let codes, _): codes.count
    }
  }
}

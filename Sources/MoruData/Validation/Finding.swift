/// One thing about data that a person should know before anything is learned from them.
public struct Finding: Codable, Sendable, Equatable {
  /// What was found.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    // Rows
    case damagedRows = "damaged_rows"
    // Columns
    case emptyColumn = "empty_column"
    case constantColumn = "constant_column"
    case uniqueColumn = "unique_column"
    case equalColumns = "equal_columns"
    case missingValues = "missing_values"
    case missingWords = "missing_words"
    case missingTarget = "missing_target"
    case mixedTypes = "mixed_types"
    case numbersAsText = "numbers_as_text"
    case datesAsText = "dates_as_text"
    case categoryVariants = "category_variants"
    case unusualCharacters = "unusual_characters"
    case outliers
    case targetLeakage = "target_leakage"
    // Samples
    case duplicates
    case nearDuplicates = "near_duplicates"
    case labelConflicts = "label_conflicts"
    case isolatedRows = "isolated_rows"
    case classImbalance = "class_imbalance"
    // Pictures
    case unreadablePictures = "unreadable_pictures"
    case oddSizes = "odd_sizes"
    case mixedChannels = "mixed_channels"
    case blankPictures = "blank_pictures"
    // Parts
    case leakBetweenParts = "leak_between_parts"
    case classesBetweenParts = "classes_between_parts"
    // New data against a schema
    case missingColumn = "missing_column"
    case unknownColumn = "unknown_column"
    case wrongType = "wrong_type"
    case outOfRange = "out_of_range"
    case unseenCategories = "unseen_categories"
    case repeatedValues = "repeated_values"
    case missingRate = "missing_rate"
    case drift

    /// Whether the count is of all rows even where only some were kept in memory.
    var countsAllRows: Bool {
      switch self {
      case .damagedRows, .emptyColumn, .constantColumn, .uniqueColumn, .missingValues,
        .missingTarget, .classImbalance, .duplicates, .labelConflicts:
        true
      default: false
      }
    }
  }

  /// How much it matters.
  public enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
    /// Worth knowing.
    case note
    /// Likely to make a model worse.
    case warning
    /// Makes a verdict untrue, or data unusable.
    case problem

    public static func < (one: Severity, other: Severity) -> Bool {
      allCases.firstIndex(of: one) ?? 0 < allCases.firstIndex(of: other) ?? 0
    }
  }

  /// What was found.
  public let kind: Kind
  /// How much it matters.
  public let severity: Severity
  /// The columns that it is about; empty where it is about samples.
  public let columns: [String]
  /// How many cells, rows, pictures or columns it is about.
  public let count: Int
  /// What was found, in a sentence.
  public let message: String
  /// Where to look, such as `parts.csv:17`, with what stands there: a few of `count`.
  public let examples: [String]
  /// What to do about it.
  public let advice: String

  init(
    _ kind: Kind, _ severity: Severity, columns: [String] = [], count: Int, _ message: String,
    examples: [String] = [], advice: String
  ) {
    self.kind = kind
    self.severity = severity
    self.columns = columns
    self.count = count
    self.message = message
    self.examples = examples
    self.advice = advice
  }

  /// How many examples a finding gives.
  static let exampleLimit = 5
}

extension Sequence<Finding> {
  /// The weightiest first; findings of one weight keep their order.
  public var byWeight: [Finding] {
    enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.map(\.element)
  }
}

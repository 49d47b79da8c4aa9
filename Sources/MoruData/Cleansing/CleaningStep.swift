/// What a cleaning does, in this order.
public enum CleaningStep: String, Codable, Sendable, CaseIterable {
  /// Takes rows out that have another number of fields than the header.
  case damagedRows = "damaged-rows"
  /// Takes spaces from the ends of texts, doubled ones from the middle, and characters nobody sees.
  case trim
  /// Leaves cells empty that say in words that there is no value. Not unless asked: `없음` may be a
  /// value.
  case missingWords = "missing-words"
  /// Writes numbers that are spelt for people (`1,000원`, `１２`) in plain digits.
  case numbers
  /// Writes categories that differ only in case, spaces or width as the most frequent of them.
  case variants
  /// Brings outliers to the mark from which they count as such. Not unless asked.
  case clipOutliers = "clip-outliers"
  /// Drops columns with one value or none.
  case constantColumns = "constant-columns"
  /// Puts pictures aside that cannot be read.
  case unreadable
  /// Takes rows out, or puts pictures aside, that are equal but for the target or class: all of them.
  case conflicts
  /// Keeps the first of rows or pictures that are equal.
  case duplicates

  /// Whether it is done unless somebody says otherwise.
  public var isUsual: Bool { self != .missingWords && self != .clipOutliers }

  /// The steps that are done unless somebody says otherwise.
  public static let usual = allCases.filter(\.isUsual)
}

/// A question about one column, as a person writes it: `temperature > 80`, `색 = 빨강`.
public struct RuleCondition: Sendable, Equatable {
  /// How a column is compared.
  public enum Comparison: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case isNot = "!="
    case above = ">"
    case below = "<"
    case equals = "="
  }

  /// The column's name.
  public let column: String
  /// How it is compared.
  public let comparison: Comparison
  /// What it is compared with, as it was written.
  public let value: String

  /// A question about a column.
  public init(_ column: String, _ comparison: Comparison, _ value: String) {
    self.column = column
    self.comparison = comparison
    self.value = value
  }

  /// Reads `COLUMN COMPARISON VALUE`, with spaces around the comparison, so that names may hold
  /// anything else; nil if there is none.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let place = words.firstIndex(where: { Comparison(rawValue: String($0)) != nil }),
      place > 0, place + 1 < words.count,
      let comparison = Comparison(rawValue: String(words[place]))
    else { return nil }
    self.init(
      words[..<place].joined(separator: " "), comparison,
      words[(place + 1)...].joined(separator: " "))
  }
}

extension RuleCondition: CustomStringConvertible {
  public var description: String { "\(column) \(comparison.rawValue) \(value)" }
}

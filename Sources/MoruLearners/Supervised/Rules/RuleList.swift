import MoruArchive

/// If/then rules that a person has written, the first of which that holds gives the answer.
///
/// ```yaml
/// rules:
///   - if: [temperature > 80, colour = red]
///     then: defect
///   - if: pressure <= 2.5
///     then: defect
/// default: good
/// ```
public struct RuleList: Sendable, Equatable {
  /// One rule: where all of its conditions hold, its label is the answer.
  public struct Rule: Sendable, Equatable {
    /// At least one.
    public let conditions: [RuleCondition]
    /// The answer.
    public let label: String

    /// A rule.
    public init(if conditions: [RuleCondition], then label: String) {
      self.conditions = conditions
      self.label = label
    }
  }

  /// In the order in which they are tried.
  public let rules: [Rule]
  /// The answer where no rule holds.
  public let standard: String

  /// Rules, and the answer where none holds.
  public init(_ rules: [Rule], default standard: String) {
    self.rules = rules
    self.standard = standard
  }
}

extension RuleList: CustomStringConvertible {
  public var description: String {
    (rules.map { rule in
      "if \(rule.conditions.map(\.description).joined(separator: " and ")) then \(rule.label)"
    } + ["else \(standard)"]).joined(separator: "\n")
  }
}

extension RuleList: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case rules
    case standard = "default"
  }

  /// - Throws: `PlacedError` for an unknown key or a condition that is none; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "rules")
    rules = try fields.required(.rules)
    standard = try fields.required(.standard)
  }
}

extension RuleList.Rule: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case conditions = "if"
    case label = "then"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "rule")
    label = try fields.required(.label)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let texts: [String]
    if let one = try? container.decode(String.self, forKey: .conditions) {
      texts = [one]
    } else {
      texts = try container.decode([String].self, forKey: .conditions)
    }
    conditions = try texts.map { text in
      guard let condition = RuleCondition(text) else {
        throw fields.outOfRange(
          .conditions, "COLUMN, one of > >= < <= = !=, and VALUE, not \"\(text)\"")
      }
      return condition
    }
    guard !conditions.isEmpty else {
      throw fields.outOfRange(.conditions, "at least one condition")
    }
  }
}

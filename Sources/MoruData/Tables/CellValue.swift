/// One cell of a row that arrives as JSON: a number, text, or null for "no value".
public enum CellValue: Sendable, Equatable, ExpressibleByStringLiteral,
  ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
  case number(Double)
  case text(String)
  case missing

  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(nilLiteral: ()) { self = .missing }

  /// The cell that JSON stands for; nil unless that is a number, text or null.
  package init?(_ value: JSONValue) {
    switch value {
    case .null: self = .missing
    case .number(let number): self = .number(number)
    case .integer(let integer): self = .number(Double(integer))
    case .single(let number): self = .number(Double(number))
    case .string(let text): self = .text(text)
    case .bool, .numbers, .array, .object: return nil
    }
  }
}

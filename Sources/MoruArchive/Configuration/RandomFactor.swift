/// A range that random changes draw numbers from, one for each picture; `0.2` stands for −0.2 to
/// 0.2.
public struct RandomFactor: Hashable, Sendable, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  /// The least number.
  public let low: Double
  /// The greatest number.
  public let high: Double

  /// Numbers from `low` to `high`.
  public init(_ low: Double, _ high: Double) {
    self.low = low
    self.high = high
  }

  public init(floatLiteral value: Double) { self.init(-value, value) }
  public init(integerLiteral value: Int) { self.init(-Double(value), Double(value)) }
}

extension RandomFactor: Codable {
  /// One number, or a list of the least and the greatest.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let both = try? container.decode(Double.self) {
      self.init(-both, both)
    } else {
      let list = try container.decode([Double].self)
      guard list.count == 2, list[0] <= list[1] else {
        throw PlacedError(
          ConfigurationError.outOfRange(
            "a factor", in: "a random change", allowed: "one number, or [low, high]"),
          at: decoder.codingPath)
      }
      self.init(list[0], list[1])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if low == -high { try container.encode(high) } else { try container.encode([low, high]) }
  }
}

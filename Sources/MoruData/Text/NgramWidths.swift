/// How many neighbouring tokens make one: `2` stands for single tokens and pairs, `[2]` for pairs
/// alone.
public struct NgramWidths: Codable, Sendable, Equatable, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// The widths in their order.
  public let values: [Int]

  /// Widths of one's own.
  public init(_ values: [Int]) { self.values = values }

  public init(integerLiteral value: Int) { self.init(upTo: value) }
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// All widths from 1 to `greatest`.
  public init(upTo greatest: Int) {
    // A hostile number must not take memory; what is out of range is refused where it is used.
    values = (1...Self.limit).contains(greatest) ? Array(1...greatest) : [greatest]
  }

  private static let limit = 16

  var isValid: Bool {
    (1...Self.limit).contains(values.count)
      && values.allSatisfy { (1...Self.limit).contains($0) }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let greatest = try? container.decode(Int.self) {
      self.init(upTo: greatest)
    } else {
      self.init(try container.decode([Int].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

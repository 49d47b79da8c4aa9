import MoruArchive

/// A height and a width; one number stands for both.
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A height and a width.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  public init(integerLiteral value: Int) { self.init(value, value) }

  var list: [Int] { [height, width] }
}

extension Size2D: Codable {
  /// One whole number, or a list of height and width; each at least 1.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let both = try? container.decode(Int.self) {
      self.init(both, both)
    } else {
      let list = try container.decode([Int].self)
      guard list.count == 2 else {
        throw PlacedError(
          ConfigurationError.outOfRange(
            "a size", in: "the layer", allowed: "one number, or [height, width]"),
          at: decoder.codingPath)
      }
      self.init(list[0], list[1])
    }
    guard height >= 1, width >= 1 else {
      throw PlacedError(
        ConfigurationError.outOfRange("a size", in: "the layer", allowed: "at least 1"),
        at: decoder.codingPath)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if height == width { try container.encode(height) } else { try container.encode(list) }
  }
}

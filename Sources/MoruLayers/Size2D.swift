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

  /// More than any picture has, and far from overflow in sums and products of sizes.
  static let limit = 1 << 24

  /// Whether both are sizes that a window, stride or dilation may have.
  var isUsable: Bool { list.allSatisfy { (1...Self.limit).contains($0) } }
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
    guard isUsable else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "a size", in: "the layer", allowed: "between 1 and \(Self.limit)"),
        at: decoder.codingPath)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if height == width { try container.encode(height) } else { try container.encode(list) }
  }
}

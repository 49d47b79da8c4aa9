import MoruArchive

/// Rows and columns around a picture; one number stands for all four sides.
public struct Padding2D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Rows above.
  public let top: Int
  /// Rows below.
  public let bottom: Int
  /// Columns before.
  public let left: Int
  /// Columns after.
  public let right: Int

  /// So many rows above and below, and columns before and after.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  /// As many rows above as below, as many columns before as after.
  public init(_ height: Int, _ width: Int) {
    self.init(top: height, bottom: height, left: width, right: width)
  }

  public init(integerLiteral value: Int) { self.init(value, value) }

  /// Whether all four can be counted with.
  var isUsable: Bool {
    [top, bottom, left, right].allSatisfy { (0...Size2D.limit).contains($0) }
  }

  private var isSymmetric: Bool { top == bottom && left == right }
}

extension Padding2D: Codable {
  /// One whole number, a list of height and width, or `[[top, bottom], [left, right]]`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let all = try? container.decode(Int.self) {
      self.init(all, all)
    } else if let pair = try? container.decode([Int].self), pair.count == 2 {
      self.init(pair[0], pair[1])
    } else if let sides = try? container.decode([[Int]].self), sides.map(\.count) == [2, 2] {
      self.init(top: sides[0][0], bottom: sides[0][1], left: sides[1][0], right: sides[1][1])
    } else {
      throw Self.refused(
        "one number, [height, width], or [[top, bottom], [left, right]]", decoder)
    }
    guard isUsable else { throw Self.refused("between 0 and \(Size2D.limit)", decoder) }
  }

  private static func refused(_ allowed: String, _ decoder: any Decoder) -> PlacedError {
    PlacedError(
      ConfigurationError.outOfRange("a padding", in: "the layer", allowed: allowed),
      at: decoder.codingPath)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if !isSymmetric {
      try container.encode([[top, bottom], [left, right]])
    } else if top != left {
      try container.encode([top, left])
    } else {
      try container.encode(top)
    }
  }
}

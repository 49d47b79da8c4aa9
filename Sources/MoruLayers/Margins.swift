import MoruArchive

/// How many elements lie before and after along each spatial axis; one number stands for all.
public struct Margins<Size: SpatialSize>: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Elements before: at the top and the left, say.
  public let before: [Int]
  /// Elements after.
  public let after: [Int]

  init(before: [Int], after: [Int]) {
    self.before = before
    self.after = after
  }

  /// As many elements before as after, along each axis.
  public init(_ both: Size) { self.init(before: both.list, after: both.list) }

  /// Numbers for both sides.
  public init(before: Size, after: Size) { self.init(before: before.list, after: after.list) }

  public init(integerLiteral value: Int) { self.init(Size(integerLiteral: value)) }

  /// Whether all can be counted with.
  var isUsable: Bool { (before + after).allSatisfy { (0...sizeLimit).contains($0) } }
}

/// Steps before and after a sequence.
public typealias Padding1D = Margins<Size1D>
/// Rows and columns around a picture.
public typealias Padding2D = Margins<Size2D>
/// Slices, rows and columns around a volume.
public typealias Padding3D = Margins<Size3D>

extension Margins where Size == Size1D {
  /// So many steps before and after.
  public init(_ before: Int, _ after: Int) { self.init(before: [before], after: [after]) }
}

extension Margins where Size == Size2D {
  /// So many rows above and below, and columns before and after.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    self.init(before: [top, left], after: [bottom, right])
  }

  /// As many rows above as below, as many columns before as after.
  public init(_ height: Int, _ width: Int) { self.init(Size2D(height, width)) }
}

extension Margins: Codable {
  /// One whole number, a list of one for each axis, or a list of pairs, before and after; for
  /// sequences one such pair.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let all = try? container.decode(Int.self) {
      self.init(integerLiteral: all)
    } else if let list = try? container.decode([Int].self), list.count == max(Size.count, 2) {
      if Size.count == 1 {
        self.init(before: [list[0]], after: [list[1]])
      } else {
        self.init(before: list, after: list)
      }
    } else if Size.count > 1, let sides = try? container.decode([[Int]].self),
      sides.count == Size.count, sides.allSatisfy({ $0.count == 2 })
    {
      self.init(before: sides.map { $0[0] }, after: sides.map { $0[1] })
    } else {
      throw Self.refused(Self.form, decoder)
    }
    guard isUsable else { throw Self.refused("between 0 and \(sizeLimit)", decoder) }
  }

  private static var form: String {
    switch Size.count {
    case 1: "one number, or [before, after]"
    case 2: "one number, [height, width], or [[top, bottom], [left, right]]"
    default: "one number, [depth, height, width], or a list of pairs [before, after]"
    }
  }

  private static func refused(_ allowed: String, _ decoder: any Decoder) -> PlacedError {
    PlacedError(
      ConfigurationError.outOfRange("a padding", in: "the layer", allowed: allowed),
      at: decoder.codingPath)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if Set(before + after).count == 1 {
      try container.encode(before[0])
    } else if Size.count == 1 {
      try container.encode(before + after)
    } else if before == after {
      try container.encode(before)
    } else {
      try container.encode(zip(before, after).map { [$0, $1] })
    }
  }
}

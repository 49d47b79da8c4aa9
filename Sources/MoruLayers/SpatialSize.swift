import MoruArchive
import MoruGraph

/// One number for each spatial axis of sequences, pictures or volumes; one number stands for all.
///
/// Layers that work alike on one to three axes are written once, for any such size.
public protocol SpatialSize: Hashable, Codable, Sendable, ExpressibleByIntegerLiteral
where IntegerLiteralType == Int {
  /// The spatial axes in their order: `["height", "width"]`.
  static var axes: [String] { get }
  /// The numbers in the order of the axes.
  var list: [Int] { get }
  /// One number for each axis.
  init(list: [Int])
}

/// A number of time steps.
public struct Size1D: SpatialSize {
  public static let axes = ["time"]
  /// Time steps.
  public let time: Int

  /// A number of time steps.
  public init(_ time: Int) { self.time = time }
  public init(list: [Int]) { self.init(list[0]) }
  public var list: [Int] { [time] }
}

/// A height and a width; one number stands for both.
public struct Size2D: SpatialSize {
  public static let axes = ["height", "width"]
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A height and a width.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }
  public init(list: [Int]) { self.init(list[0], list[1]) }
  public var list: [Int] { [height, width] }
}

/// A depth, a height and a width; one number stands for all three.
public struct Size3D: SpatialSize {
  public static let axes = ["depth", "height", "width"]
  /// Slices.
  public let depth: Int
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// A depth, a height and a width.
  public init(_ depth: Int, _ height: Int, _ width: Int) {
    self.depth = depth
    self.height = height
    self.width = width
  }
  public init(list: [Int]) { self.init(list[0], list[1], list[2]) }
  public var list: [Int] { [depth, height, width] }
}

/// More than any picture has, and far from overflow in sums and products of sizes.
let sizeLimit = 1 << 24

extension SpatialSize {
  public init(integerLiteral value: Int) {
    self.init(list: Self.axes.map { _ in value })
  }

  /// The number of axes, as in `Conv2D`.
  static var count: Int { axes.count }

  /// The places of the axes in `[batch, …, channels]`.
  static var places: [Int] { Array(1...count) }

  /// `[batch, height, width, channels]`
  static var form: String {
    count == 1
      ? "[batch, time, features]" : "[batch, \(axes.joined(separator: ", ")), channels]"
  }

  /// Whether all are sizes that a window, stride or dilation may have.
  var isUsable: Bool { list.allSatisfy { (1...sizeLimit).contains($0) } }

  /// One whole number, or a list of one for each axis; each at least 1.
  public init(from decoder: any Decoder) throws {
    func refused(_ allowed: String) -> PlacedError {
      PlacedError(
        ConfigurationError.outOfRange("a size", in: "the layer", allowed: allowed),
        at: decoder.codingPath)
    }
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self.init(integerLiteral: number)
    } else {
      let list = try container.decode([Int].self)
      guard list.count == Self.count else {
        throw refused("one number, or [\(Self.axes.joined(separator: ", "))]")
      }
      self.init(list: list)
    }
    guard isUsable else { throw refused("between 1 and \(sizeLimit)") }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if Set(list).count == 1 {
      try container.encode(list[0])
    } else {
      try container.encode(list)
    }
  }

  /// The failure of a layer whose input lacks an axis or has one too many.
  static func refusedRank(_ kind: String, _ x: Tensor, _ hint: String = "") -> Tensor? {
    guard x.rank != count + 2 else { return nil }
    return .failure(
      kind, [x],
      Mismatch("its input has rank \(x.rank), not \(count + 2)", "Pass \(form)\(hint)."))
  }

  /// The failure of a convolution that is given no pictures or has impossible sizes.
  static func refusedConvolution(
    _ kind: String, _ x: Tensor, sizes: [Self], counts: [Int]
  ) -> Tensor? {
    if let failed = refusedRank(kind, x, "; Reshape adds a channel axis") { return failed }
    guard sizes.allSatisfy(\.isUsable), counts.allSatisfy((1...sizeLimit).contains) else {
      return .failure(
        kind, [x],
        Mismatch(
          "its sizes and counts are not all between 1 and \(sizeLimit)",
          "Choose sizes and counts of at least 1."))
    }
    return nil
  }
}

/// The sizes of a tensor's axes, outermost first; `[]` is a scalar.
public struct Shape: Hashable, Codable, Sendable, ExpressibleByArrayLiteral,
  RandomAccessCollection, CustomStringConvertible
{
  /// Size of each axis, never negative.
  public let dimensions: [Int]

  /// Makes a shape of axes that are known not to be negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative axes")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let dimensions = try container.decode([Int].self)
    guard Shape.checkedElementCount(dimensions) != nil else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a shape has no negative or overflowing axes")
    }
    self.dimensions = dimensions
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Number of elements: the product of all axes, 1 for a scalar.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// Distance in elements between neighbours along each axis, in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The product of `dimensions`, or nil if one is negative or the product overflows: for shapes
  /// that come from files and requests.
  public static func checkedElementCount(_ dimensions: [Int]) -> Int? {
    // An axis of size 0 counts as 1 here, so that strides of empty shapes do not overflow either.
    var bound = 1
    for size in dimensions {
      let (product, overflow) = bound.multipliedReportingOverflow(by: Swift.max(size, 1))
      guard size >= 0, !overflow else { return nil }
      bound = product
    }
    return dimensions.contains(0) ? 0 : bound
  }

  /// The place of a possibly negative axis (−1 is the last), or nil if there is no such axis.
  public func axis(_ axis: Int) -> Int? {
    let place = axis < 0 ? axis + rank : axis
    return dimensions.indices.contains(place) ? place : nil
  }

  /// The shape that `self` and `other` broadcast to by NumPy's rule, or nil if they do not fit.
  public func broadcast(with other: Shape) -> Shape? {
    let count = Swift.max(rank, other.rank)
    var result = [Int](repeating: 1, count: count)
    for offset in 1...Swift.max(count, 1) where count > 0 {
      let left = offset <= rank ? dimensions[rank - offset] : 1
      let right = offset <= other.rank ? other.dimensions[other.rank - offset] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[count - offset] = left == 1 ? right : left
    }
    return Shape(result)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { dimensions.count }
  public subscript(position: Int) -> Int { dimensions[position] }
  public var description: String { "\(dimensions)" }
}

/// A projective map of the plane, `(x, y) ↦ M · (x, y, 1)` divided by its third element.
///
/// Points are counted in pixels from a picture's upper left corner, x to the right and y down, so
/// that the middle of the first pixel is (0.5, 0.5).
public struct Homography: Sendable, Equatable {
  /// The nine elements, row by row, divided so that the last one is 1 if it can be.
  public let elements: [Double]

  /// A map by its nine elements, row by row.
  ///
  /// - Precondition: There are nine.
  public init(_ elements: [Double]) {
    precondition(elements.count == 9)
    let last = elements[8]
    self.elements = last == 0 || last == 1 ? elements : elements.map { $0 / last }
  }

  /// Every point stays.
  public static let identity = Homography([1, 0, 0, 0, 1, 0, 0, 0, 1])

  /// A linear map of both axes, then a translation.
  public static func affine(
    _ xx: Double, _ xy: Double, _ yx: Double, _ yy: Double, x: Double = 0, y: Double = 0
  ) -> Homography { Homography([xx, xy, x, yx, yy, y, 0, 0, 1]) }

  /// Every point moves alike.
  public static func translation(x: Double, y: Double) -> Homography {
    affine(1, 0, 0, 1, x: x, y: y)
  }

  /// Both axes are stretched from the corner.
  public static func scale(x: Double, y: Double) -> Homography { affine(x, 0, 0, y) }

  /// The same map with another point than the corner as its middle.
  public func about(x: Double, y: Double) -> Homography {
    .translation(x: x, y: y) * self * .translation(x: -x, y: -y)
  }

  /// First `second`, then `first`.
  public static func * (first: Homography, second: Homography) -> Homography {
    let (a, b) = (first.elements, second.elements)
    return Homography(
      (0..<9).map { place in
        let (row, column) = (place / 3 * 3, place % 3)
        return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
      })
  }

  /// The map back; nil where there is none.
  public var inverse: Homography? {
    let m = elements
    let adjugate = [
      m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
    ]
    let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6]
    guard abs(determinant) > 1e-12 else { return nil }
    return Homography(adjugate.map { $0 / determinant })
  }

  /// Where a point goes; nil for a point on or behind the horizon.
  public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    let m = elements
    let depth = m[6] * x + m[7] * y + m[8]
    guard depth > 1e-12 else { return nil }
    return ((m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth)
  }

  var isAffine: Bool { elements[6] == 0 && elements[7] == 0 && elements[8] == 1 }

  /// Whether rows stay rows and columns stay columns.
  var isAxisAligned: Bool {
    isAffine && elements[1] == 0 && elements[3] == 0 && elements[0] != 0 && elements[4] != 0
  }

  /// How many pixels of the source stand behind one of the result along an axis, in the mean, if
  /// this maps results to sources.
  var shrinking: Double { abs(elements[0] * elements[4] - elements[1] * elements[3]).squareRoot() }

  /// The map that takes four points to four others.
  ///
  /// - Returns: Nil if three of the points are on one line.
  public static func mapping(
    _ points: [(x: Double, y: Double)], to others: [(x: Double, y: Double)]
  ) -> Homography? {
    guard let first = fromUnitSquare(points)?.inverse, let second = fromUnitSquare(others) else {
      return nil
    }
    return second * first
  }

  /// The map that takes (0, 0), (1, 0), (1, 1), (0, 1) to four points.
  ///
  /// - Source: Heckbert 1989, Fundamentals of Texture Mapping and Image Warping, section 2.2.3.
  private static func fromUnitSquare(_ p: [(x: Double, y: Double)]) -> Homography? {
    let (dx1, dy1) = (p[1].x - p[2].x, p[1].y - p[2].y)
    let (dx2, dy2) = (p[3].x - p[2].x, p[3].y - p[2].y)
    let (sumX, sumY) = (p[0].x - p[1].x + p[2].x - p[3].x, p[0].y - p[1].y + p[2].y - p[3].y)
    let area = dx1 * dy2 - dx2 * dy1
    guard abs(area) > 1e-12 else { return nil }
    let g = (sumX * dy2 - dx2 * sumY) / area
    let h = (dx1 * sumY - sumX * dy1) / area
    return Homography([
      p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x,
      p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y,
      g, h, 1,
    ])
  }
}

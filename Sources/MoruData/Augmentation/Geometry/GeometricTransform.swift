public import MoruArchive

/// A change of where things are in a picture: the same for its pixels, its mask and its boxes.
public struct GeometricTransform: Sendable, Equatable {
  /// Where points near those of a result's pixels come from, beside the projective map: for each
  /// pixel, row by row, dx and dy in pixels of the source.
  struct Displacement: Sendable, Equatable {
    let values: [Float]
  }

  /// What is seen beyond the border of the source.
  public struct Border: Sendable, Equatable {
    /// How the picture goes on.
    public var mode: FillMode
    /// The value of every channel for `constant`, 0 black to 255 full.
    public var value: UInt8

    /// What is seen beyond the border.
    public init(_ mode: FillMode = .constant, value: UInt8 = 0) {
      self.mode = mode
      self.value = value
    }
  }

  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int
  /// Where points of the result come from in the source.
  public let source: Homography
  let displacement: Displacement?
  /// What is seen beyond the border; nil if the transform alone never looks there.
  public let border: Border?

  /// A transform to a result of this size, at least 1 × 1.
  ///
  /// - Parameters:
  ///   - source: Where points of the result come from.
  ///   - border: What is seen beyond the border of the source; nil if nothing of that is looked at.
  public init(height: Int, width: Int, source: Homography, border: Border? = nil) {
    self.init(
      height: height, width: width, source: source, displacement: nil, border: border)
  }

  init(
    height: Int, width: Int, source: Homography, displacement: Displacement?, border: Border?
  ) {
    self.height = max(height, 1)
    self.width = max(width, 1)
    self.source = source
    self.displacement = displacement
    self.border = border
  }

  /// A transform that keeps the size, of a map that has the picture's middle as its own.
  public init(about frame: PictureFrame, _ source: Homography, border: Border) {
    self.init(
      height: frame.height, width: frame.width,
      source: source.about(x: Double(frame.width) / 2, y: Double(frame.height) / 2),
      border: border)
  }

  /// This transform and the next one as one, so that pixels are interpolated once; nil if that
  /// would change more than roundings: where either bends, where borders differ, or where a result
  /// that shrinks is not upright, for then a pixel would stand for many but look at four.
  func followed(by next: GeometricTransform) -> GeometricTransform? {
    guard displacement == nil, next.displacement == nil,
      border == nil || next.border == nil || border == next.border
    else { return nil }
    let source = source * next.source
    guard source.isAxisAligned || source.shrinking < 1.25 else { return nil }
    return GeometricTransform(
      height: next.height, width: next.width, source: source, border: border ?? next.border)
  }

  /// The boxes in the result: each the bounds of its turned corners, cut off at the frame, without
  /// those of which less than a share of their area is left.
  func boxes(_ boxes: [PictureBox], minimumVisible: Double) -> [PictureBox] {
    guard let target = source.inverse else { return [] }
    return boxes.compactMap { box in
      let points = box.outline(corners: displacement == nil && source.isAffine)
        .compactMap { point in result(of: point, target) }
      guard let first = points.first else { return nil }
      var moved = box
      (moved.left, moved.right, moved.top, moved.bottom) = (first.x, first.x, first.y, first.y)
      for point in points {
        (moved.left, moved.right) = (min(moved.left, point.x), max(moved.right, point.x))
        (moved.top, moved.bottom) = (min(moved.top, point.y), max(moved.bottom, point.y))
      }
      let area = moved.area
      moved.clip(height: height, width: width)
      return moved.area > 0 && moved.area >= minimumVisible * area ? moved : nil
    }
  }

  /// Where a point of the source is in the result.
  private func result(
    of point: (x: Double, y: Double), _ target: Homography
  ) -> (x: Double, y: Double)? {
    guard var place = target(point.x, point.y) else { return nil }
    guard let displacement else { return place }
    // Displacements change little from pixel to pixel, so that a few rounds find where one ends here.
    for _ in 0..<8 {
      let row = min(max(Int(place.y), 0), height - 1)
      let column = min(max(Int(place.x), 0), width - 1)
      let start = 2 * (row * width + column)
      let (dx, dy) = (displacement.values[start], displacement.values[start + 1])
      guard let moved = target(point.x - Double(dx), point.y - Double(dy)) else { return nil }
      place = moved
    }
    return place
  }
}

extension GeometricTransform.Border: Codable {
  /// A mode, or the value of `constant`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(UInt8.self) {
      self.init(.constant, value: value)
      return
    }
    let word = try container.decode(String.self)
    guard let mode = FillMode(rawValue: word) else {
      throw PlacedError(
        ConfigurationError.unknown(word, of: "border", among: FillMode.allCases.map(\.rawValue)),
        at: decoder.codingPath)
    }
    self.init(mode)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if mode == .constant {
      try container.encode(value)
    } else {
      try container.encode(mode)
    }
  }
}

extension PictureBox {
  /// Points whose bounds are the box's: its corners, or points along its sides too.
  fileprivate func outline(corners: Bool) -> [(x: Double, y: Double)] {
    let parts = corners ? 1 : 8
    return (0..<parts).flatMap { part -> [(x: Double, y: Double)] in
      let share = Double(part) / Double(parts)
      let (dx, dy) = (share * (right - left), share * (bottom - top))
      return [
        (left + dx, top), (right, top + dy), (right - dx, bottom), (left, bottom - dy),
      ]
    }
  }
}

import MoruArchive
public import MoruTensors

/// Cuts out a part of fixed size at a random place, after the picture is widened on all sides.
///
/// A picture that is still too small is widened as far as needed.
public struct Crop: PictureAugmentation {
  public static let kind = "crop"
  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int
  /// Pixels by which the picture is widened on each side, at least 0.
  public let padding: Int
  /// Whether the part is the middle of the picture rather than a random one.
  public let isCentered: Bool
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Parts of this size, at least 1 × 1.
  public init(
    height: Int, width: Int, padding: Int = 0, isCentered: Bool = false,
    border: GeometricTransform.Border = .init()
  ) {
    self.height = max(height, 1)
    self.width = max(width, 1)
    self.padding = max(padding, 0)
    self.isCentered = isCentered
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    func place(_ size: Int, _ wanted: Int) -> Int {
      let room = size + 2 * padding - wanted
      guard room > 0, !isCentered else {
        return Int((Double(room) / 2).rounded(.down)) - padding
      }
      return Int(generator.uniform() * Double(room + 1)) - padding
    }
    let (top, left) = (place(frame.height, height), place(frame.width, width))
    let isInside =
      top >= 0 && left >= 0 && top + height <= frame.height && left + width <= frame.width
    return [
      .geometric(
        GeometricTransform(
          height: height, width: width, source: .translation(x: Double(left), y: Double(top)),
          border: isInside ? nil : border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case height, width, padding
    case isCentered = "centered"
    case border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    let padding: Int = try fields.value(.padding, default: 0)
    guard padding >= 0 else { throw fields.outOfRange(.padding, "at least 0, not \(padding)") }
    self.init(
      height: try fields.positive(.height), width: try fields.positive(.width), padding: padding,
      isCentered: try fields.value(.isCentered, default: false),
      border: try fields.value(.border, default: .init()))
  }
}

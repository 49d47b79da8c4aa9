public import MoruArchive
public import MoruTensors

/// Moves the picture by a random number of whole pixels.
public struct Translate: PictureAugmentation {
  public static let kind = "translate"
  /// Range as a share of the width; positive moves to the right.
  public let horizontal: RandomFactor
  /// Range as a share of the height; positive moves down.
  public let vertical: RandomFactor
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Moves by up to these shares.
  public init(
    horizontal: RandomFactor = 0.1, vertical: RandomFactor = 0.1,
    border: GeometricTransform.Border = .init()
  ) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let across = (generator.uniform(horizontal) * Double(frame.width)).rounded()
    let down = (generator.uniform(vertical) * Double(frame.height)).rounded()
    guard across != 0 || down != 0 else { return [] }
    return [
      .geometric(
        GeometricTransform(
          height: frame.height, width: frame.width, source: .translation(x: -across, y: -down),
          border: border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case horizontal, vertical, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    horizontal = try fields.factor(.horizontal, default: 0.1, in: -1...1)
    vertical = try fields.factor(.vertical, default: 0.1, in: -1...1)
    border = try fields.value(.border, default: .init())
  }
}

import Foundation
public import MoruArchive
public import MoruTensors

/// Slants the picture about its middle by random angles.
public struct Shear: PictureAugmentation {
  public static let kind = "shear"
  /// Range in degrees by which upright lines are slanted.
  public let horizontal: RandomFactor
  /// Range in degrees by which level lines are slanted.
  public let vertical: RandomFactor
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Slants by up to these angles.
  public init(
    horizontal: RandomFactor = 15, vertical: RandomFactor = 0,
    border: GeometricTransform.Border = .init()
  ) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let across = tan(generator.uniform(horizontal) * .pi / 180)
    let down = tan(generator.uniform(vertical) * .pi / 180)
    guard across != 0 || down != 0, abs(across * down - 1) > 1e-6 else { return [] }
    return [
      .geometric(GeometricTransform(about: frame, .affine(1, across, down, 1), border: border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case horizontal, vertical, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    horizontal = try fields.factor(.horizontal, default: 15, in: -80...80)
    vertical = try fields.factor(.vertical, default: 0, in: -80...80)
    border = try fields.value(.border, default: .init())
  }
}

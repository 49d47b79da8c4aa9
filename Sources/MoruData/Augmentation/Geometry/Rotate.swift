import Foundation
public import MoruArchive
public import MoruTensors

/// Turns the picture about its middle by a random angle.
public struct Rotate: PictureAugmentation {
  public static let kind = "rotate"
  /// Range of the angle in degrees; positive turns against the clock.
  public let degrees: RandomFactor
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Turns by up to an angle.
  public init(degrees: RandomFactor = 15, border: GeometricTransform.Border = .init()) {
    self.degrees = degrees
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let angle = generator.uniform(degrees) * .pi / 180
    let (c, s) = (cos(angle), sin(angle))
    return [.geometric(GeometricTransform(about: frame, .affine(c, -s, s, c), border: border))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case degrees, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    degrees = try fields.factor(.degrees, default: 15, in: -360...360)
    border = try fields.value(.border, default: .init())
  }
}

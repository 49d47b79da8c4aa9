import MoruArchive
public import MoruTensors

/// Mirrors the picture left to right with a probability.
public struct HorizontalFlip: PictureAugmentation {
  public static let kind = "horizontalFlip"
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Flips with a probability.
  public init(probability: Double = 0.5) { self.probability = probability }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    return [
      .geometric(
        GeometricTransform(
          height: frame.height, width: frame.width,
          source: .affine(-1, 0, 0, 1, x: Double(frame.width))))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

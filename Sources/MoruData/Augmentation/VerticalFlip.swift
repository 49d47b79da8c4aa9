import MoruArchive
public import MoruTensors

/// Mirrors the picture upside down with a probability.
public struct VerticalFlip: PictureAugmentation {
  public static let kind = "verticalFlip"
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
          source: .affine(1, 0, 0, -1, y: Double(frame.height))))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

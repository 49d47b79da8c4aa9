public import MoruArchive
public import MoruTensors

/// Enlarges or shrinks the picture about its middle by a random factor.
public struct Zoom: PictureAugmentation {
  public static let kind = "zoom"
  /// Range of the change of size, above −1: 0.2 shows things 1.2 times as large.
  public let factor: RandomFactor
  /// Whether height and width change alike.
  public let keepsProportions: Bool
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Zooms by up to a factor.
  public init(
    _ factor: RandomFactor = 0.2, keepsProportions: Bool = true,
    border: GeometricTransform.Border = .init()
  ) {
    self.factor = factor
    self.keepsProportions = keepsProportions
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let across = 1 + generator.uniform(factor)
    let down = keepsProportions ? across : 1 + generator.uniform(factor)
    return [
      .geometric(
        GeometricTransform(about: frame, .scale(x: 1 / across, y: 1 / down), border: border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case factor, keepsProportions, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.factor(.factor, default: 0.2, in: -0.99...100)
    keepsProportions = try fields.value(.keepsProportions, default: true)
    border = try fields.value(.border, default: .init())
  }
}

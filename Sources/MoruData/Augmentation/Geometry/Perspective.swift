import MoruArchive
public import MoruTensors

/// Shows the picture as if it were seen from the side: each corner moves inwards by random shares.
///
/// - Source: as in torchvision, `RandomPerspective`.
public struct Perspective: PictureAugmentation {
  public static let kind = "perspective"
  /// The greatest share of half the height and width by which a corner moves, 0 to 1.
  public let distortion: Double
  /// How likely it is, 0 to 1.
  public let probability: Double
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Moves corners by up to a share of half the size.
  public init(
    distortion: Double = 0.5, probability: Double = 0.5, border: GeometricTransform.Border = .init()
  ) {
    self.distortion = distortion
    self.probability = probability
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability), distortion > 0 else { return [] }
    let (width, height) = (Double(frame.width), Double(frame.height))
    func inwards(_ size: Double) -> Double { generator.uniform() * distortion * size / 2 }
    let corners = [(0, 0), (width, 0), (width, height), (0, height)]
    let moved = corners.map { corner in
      (
        x: abs(corner.0 - inwards(width)), y: abs(corner.1 - inwards(height))
      )
    }
    guard
      let source = Homography.mapping(moved, to: corners.map { (x: $0.0, y: $0.1) })
    else { return [] }
    return [
      .geometric(
        GeometricTransform(
          height: frame.height, width: frame.width, source: source, border: border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case distortion, probability, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    distortion = try fields.number(.distortion, default: 0.5, in: 0...1)
    probability = try fields.probability(.probability, default: 0.5)
    border = try fields.value(.border, default: .init())
  }
}

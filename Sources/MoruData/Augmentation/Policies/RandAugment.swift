import MoruArchive
public import MoruTensors

/// Does several changes, drawn from a fixed set, all of one strength.
///
/// - Source: Cubuk et al. 2019, arXiv:1909.13719; the set and what a strength means for each change
///   as in torchvision.
public struct RandAugment: PictureAugmentation {
  public static let kind = "randAugment"
  /// The greatest strength.
  static let strongest = 30.0
  /// How many changes are done to a picture, at least 1.
  public let operationCount: Int
  /// How strong they are, 0 to 30.
  public let magnitude: Double
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// So many changes of a strength.
  public init(
    operationCount: Int = 2, magnitude: Double = 9, border: GeometricTransform.Border = .init()
  ) {
    self.operationCount = operationCount
    self.magnitude = magnitude
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let set = StandardChange.allCases
    return (0..<operationCount).flatMap { _ -> [PictureOperation] in
      let change = set[Int(generator.uniform() * Double(set.count))]
      let sign = generator.happens(0.5) ? 1.0 : -1
      return change.operations(
        strength: magnitude / Self.strongest, sign: sign, frame: frame, border: border)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case operationCount = "operations"
    case magnitude, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    self.init(
      operationCount: try fields.positive(.operationCount, default: 2),
      magnitude: try fields.number(.magnitude, default: 9, in: 0...Self.strongest),
      border: try fields.value(.border, default: .init()))
  }
}

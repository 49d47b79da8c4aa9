import Foundation
public import MoruArchive
public import MoruTensors

/// Cuts out a random part of the picture, of random size and proportions, and brings it to a size.
///
/// - Source: Szegedy et al. 2015, arXiv:1409.4842, section 6.
public struct RandomResizedCrop: PictureAugmentation {
  public static let kind = "randomResizedCrop"
  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int
  /// The range of the part's share of the picture's area, above 0 and at most 1.
  public let scale: RandomFactor
  /// The range of the part's width divided by its height, above 0; its logarithm is uniform.
  public let ratio: RandomFactor

  /// Parts that become pictures of this size, at least 1 × 1.
  public init(
    height: Int, width: Int, scale: RandomFactor = .init(0.08, 1),
    ratio: RandomFactor = .init(3.0 / 4, 4.0 / 3)
  ) {
    self.height = max(height, 1)
    self.width = max(width, 1)
    self.scale = scale
    self.ratio = ratio
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let part = part(of: frame, using: &generator)
    let stretching = Homography.scale(
      x: Double(part.width) / Double(width), y: Double(part.height) / Double(height))
    return [
      .geometric(
        GeometricTransform(
          height: height, width: width,
          source: .translation(x: Double(part.left), y: Double(part.top)) * stretching))
    ]
  }

  private func part(
    of frame: PictureFrame, using generator: inout SeededGenerator
  ) -> (left: Int, top: Int, width: Int, height: Int) {
    let area = Double(frame.height * frame.width)
    for _ in 0..<10 {
      let target = area * generator.uniform(scale)
      let proportion = exp(generator.uniform(log(ratio.low), log(ratio.high)))
      let width = Int((target * proportion).squareRoot().rounded())
      let height = Int((target / proportion).squareRoot().rounded())
      guard width > 0, height > 0, width <= frame.width, height <= frame.height else { continue }
      return (
        Int(generator.uniform() * Double(frame.width - width + 1)),
        Int(generator.uniform() * Double(frame.height - height + 1)), width, height
      )
    }
    // Pictures much longer than wide: the middle, in the nearest proportions that are allowed.
    let proportion = Double(frame.width) / Double(frame.height)
    let allowed = min(max(proportion, ratio.low), ratio.high)
    let width = min(frame.width, max(1, Int((Double(frame.height) * allowed).rounded())))
    let height = min(frame.height, max(1, Int((Double(frame.width) / allowed).rounded())))
    return ((frame.width - width) / 2, (frame.height - height) / 2, width, height)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case height, width, scale, ratio }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    self.init(
      height: try fields.positive(.height), width: try fields.positive(.width),
      scale: try fields.factor(.scale, default: .init(0.08, 1), in: 1e-6...1),
      ratio: try fields.factor(.ratio, default: .init(3.0 / 4, 4.0 / 3), in: 0.01...100))
  }
}

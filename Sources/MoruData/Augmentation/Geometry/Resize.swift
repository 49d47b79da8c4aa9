import MoruArchive
public import MoruTensors

/// Brings the picture to a size, with each pixel the mean of what it covers, weighed by a triangle;
/// proportions are not kept.
public struct Resize: PictureAugmentation {
  public static let kind = "resize"
  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int

  /// Pictures of this size, at least 1 × 1.
  public init(height: Int, width: Int) {
    self.height = max(height, 1)
    self.width = max(width, 1)
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [
      .geometric(
        GeometricTransform(
          height: height, width: width,
          source: .scale(
            x: Double(frame.width) / Double(width), y: Double(frame.height) / Double(height))))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case height, width }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    self.init(height: try fields.positive(.height), width: try fields.positive(.width))
  }
}

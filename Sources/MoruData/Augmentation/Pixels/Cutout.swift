import MoruArchive
public import MoruTensors

/// Paints squares at random places over with grey; they may reach beyond the border.
///
/// - Source: DeVries, Taylor 2017, arXiv:1708.04552.
public struct Cutout: PictureAugmentation {
  public static let kind = "cutout"
  /// Length of a side as a share of the picture's shorter side, 0 to 1.
  public let size: Double
  /// How many squares, at least 1.
  public let count: Int
  /// The value of every channel, 0 to 255.
  public let value: UInt8

  /// Paints squares of this size.
  public init(size: Double = 0.5, count: Int = 1, value: UInt8 = 0) {
    self.size = size
    self.count = count
    self.value = value
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let length = Int((size * Double(min(frame.height, frame.width))).rounded())
    let places = (0..<count).map { _ in
      Rectangles.Place(
        top: Int(generator.uniform() * Double(frame.height)) - length / 2,
        left: Int(generator.uniform() * Double(frame.width)) - length / 2,
        height: length, width: length)
    }
    return [.pixels(Rectangles(places: places, value: value))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case size, count, value }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    size = try fields.number(.size, default: 0.5, in: 0...1)
    count = try fields.positive(.count, default: 1)
    value = try fields.value(.value, default: 0)
  }
}

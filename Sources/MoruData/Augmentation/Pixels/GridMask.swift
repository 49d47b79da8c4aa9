public import MoruArchive
public import MoruTensors

/// Paints squares in a regular grid over.
///
/// - Source: Chen et al. 2020, arXiv:2001.04086, without the turning of the grid.
public struct GridMask: PictureAugmentation {
  public static let kind = "gridMask"
  /// Range of the distance from one square to the next, as a share of the shorter side, above 0.
  public let cell: RandomFactor
  /// Length of a square's side as a share of that distance, 0 to 1.
  public let ratio: Double
  /// The value of every channel, 0 to 255.
  public let value: UInt8
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Paints a grid with a probability.
  public init(
    cell: RandomFactor = .init(0.25, 0.5), ratio: Double = 0.4, value: UInt8 = 0,
    probability: Double = 0.5
  ) {
    self.cell = cell
    self.ratio = ratio
    self.value = value
    self.probability = probability
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    let shorter = Double(min(frame.height, frame.width))
    let cell = max(2, Int((generator.uniform(cell) * shorter).rounded()))
    let length = Int((ratio * Double(cell)).rounded())
    let top = -Int(generator.uniform() * Double(cell))
    let left = -Int(generator.uniform() * Double(cell))
    let places = stride(from: top, to: frame.height, by: cell).flatMap { top in
      stride(from: left, to: frame.width, by: cell).map { left in
        Rectangles.Place(top: top, left: left, height: length, width: length)
      }
    }
    return [.pixels(Rectangles(places: places, value: value))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case cell, ratio, value, probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    cell = try fields.factor(.cell, default: .init(0.25, 0.5), in: 0.01...1)
    ratio = try fields.number(.ratio, default: 0.4, in: 0...1)
    value = try fields.value(.value, default: 0)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

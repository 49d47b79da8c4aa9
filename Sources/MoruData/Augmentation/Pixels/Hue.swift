import CImages
public import MoruArchive
public import MoruTensors

/// Turns the hue of all pixels by a random angle; grey stays.
public struct Hue: PictureAugmentation {
  public static let kind = "hue"
  /// Range of the angle as a part of a full turn, −0.5 to 0.5.
  public let turn: RandomFactor

  /// Turns by up to a part of the circle.
  public init(turn: RandomFactor = 0.1) { self.turn = turn }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [.pixels(Operation(turn: generator.uniform(turn)))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case turn }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    turn = try fields.factor(.turn, default: 0.1, in: -0.5...0.5)
  }
}

extension Hue {
  struct Operation: PixelOperation {
    let turn: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      guard channels == 3 else { return }
      moruTurnHue(&pixels, Int64(height * width), Float(turn))
    }
  }
}

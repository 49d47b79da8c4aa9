import CImages
public import MoruArchive
public import MoruTensors

/// Multiplies all pixels by a random factor.
public struct Brightness: PictureAugmentation {
  public static let kind = "brightness"
  /// Range of the change: 0.2 stands for factors from 0.8 to 1.2.
  public let factor: RandomFactor

  /// Changes it by up to a factor.
  public init(_ factor: RandomFactor = 0.2) { self.factor = factor }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [.pixels(Brightness.Operation(factor: 1 + generator.uniform(factor)))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.factor(.factor, default: 0.2, in: -1...10)
  }
}

extension Brightness {
  struct Operation: PixelOperation {
    let factor: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      moruBlendValue(&pixels, Int64(pixels.count), Float(factor), 0)
    }
  }
}

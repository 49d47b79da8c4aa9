import CImages
public import MoruArchive
public import MoruTensors

/// Moves pixels away from their smoothed neighbourhood, or towards it, by a random factor; those at
/// the
/// border stay.
public struct Sharpness: PictureAugmentation {
  public static let kind = "sharpness"
  /// Range of the change: 0.5 stands for factors from 0.5, smoother, to 1.5, sharper.
  public let factor: RandomFactor

  /// Changes it by up to a factor.
  public init(_ factor: RandomFactor = 0.5) { self.factor = factor }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [.pixels(Operation(factor: 1 + generator.uniform(factor)))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.factor(.factor, default: 0.5, in: -1...10)
  }
}

extension Sharpness {
  struct Operation: PixelOperation {
    let factor: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      guard height > 2, width > 2 else { return }
      var smooth = pixels
      let stride = width * channels
      for row in 1..<height - 1 {
        for place in row * stride + channels..<(row + 1) * stride - channels {
          var sum = 4 * Int(pixels[place])
          for neighbour in [place - stride, place, place + stride] {
            sum += Int(pixels[neighbour - channels]) + Int(pixels[neighbour])
            sum += Int(pixels[neighbour + channels])
          }
          smooth[place] = UInt8((2 * sum + 13) / 26)
        }
      }
      moruBlendPicture(&pixels, smooth, Int64(pixels.count), Float(factor))
    }
  }
}

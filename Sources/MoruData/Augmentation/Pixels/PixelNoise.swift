public import MoruArchive
public import MoruTensors

/// Adds a number, normally distributed about 0, to each channel of each pixel.
public struct PixelNoise: PictureAugmentation {
  public static let kind = "gaussianNoise"
  /// Range of the deviation, in steps of 0 to 255.
  public let sigma: RandomFactor
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Adds noise of deviations of a range.
  public init(_ sigma: RandomFactor = .init(0, 10), probability: Double = 0.5) {
    self.sigma = sigma
    self.probability = probability
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    let sigma = generator.uniform(sigma)
    return [.pixels(Operation(sigma: sigma, seed: Seed(generator.next())))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma, probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.factor(.sigma, default: .init(0, 10), in: 0...255)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

extension PixelNoise {
  struct Operation: PixelOperation {
    let sigma: Double
    let seed: Seed

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      var generator = seed.generator
      for place in pixels.indices {
        let value = Double(pixels[place]) + sigma * generator.normal()
        pixels[place] = UInt8(min(max(value.rounded(), 0), 255))
      }
    }
  }
}

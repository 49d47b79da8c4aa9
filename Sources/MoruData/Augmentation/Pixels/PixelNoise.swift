public import MoruArchive
public import MoruTensors

/// Adds a number, normally distributed about 0, to each channel of each pixel; its deviation is in steps
/// of 0 to 255.
public typealias PixelNoise = Disturbance<NoiseRule>

/// Each channel of each pixel gets a number of its own.
public enum NoiseRule: DisturbanceRule {
  public static let kind = "gaussianNoise"
  public static let standard = RandomFactor(0, 10)
  public static let allowed = 0.0...255

  public static func operation(
    _ sigma: Double, using generator: inout SeededGenerator
  ) -> any PixelOperation {
    Operation(sigma: sigma, seed: Seed(generator.next()))
  }

  private struct Operation: PixelOperation {
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

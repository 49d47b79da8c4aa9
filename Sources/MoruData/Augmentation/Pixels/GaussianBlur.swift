import CImages
import Foundation
public import MoruArchive
public import MoruTensors

/// Weighs each pixel with its neighbours by a Gaussian of random width, whose deviation is in pixels;
/// beyond the border the picture is mirrored.
public typealias GaussianBlur = Disturbance<BlurRule>

/// Pixels are weighed with their neighbours.
public enum BlurRule: DisturbanceRule {
  public static let kind = "gaussianBlur"
  public static let standard = RandomFactor(0.1, 2)
  public static let allowed = 0.01...50.0

  public static func operation(
    _ sigma: Double, using generator: inout SeededGenerator
  ) -> any PixelOperation {
    Operation(sigma: sigma)
  }

  /// The weights of a pixel and of those beside it, up to a radius; all of them have sum 1.
  static func weights(sigma: Double, radius: Int) -> [Float] {
    let weights = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    return weights.map { Float($0 / sum) }
  }

  private struct Operation: PixelOperation {
    let sigma: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      let radius = Int((3 * sigma).rounded(.up))
      let weights = BlurRule.weights(sigma: sigma, radius: radius)
      let size = MoruPictureSize(
        height: Int64(height), width: Int64(width), channels: Int64(channels))
      let source = pixels
      withUnsafeTemporaryAllocation(
        of: Float.self, capacity: (width + 2 * radius) * channels
      ) { scratch in
        moruBlurPicture(source, size, &pixels, weights, Int64(radius), scratch.baseAddress)
      }
    }
  }
}

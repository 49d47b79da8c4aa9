import CImages
import Foundation
public import MoruArchive
public import MoruTensors

/// Weighs each pixel with its neighbours by a Gaussian of random width; beyond the border the
/// picture is mirrored.
public struct GaussianBlur: PictureAugmentation {
  public static let kind = "gaussianBlur"
  /// Range of the deviation in pixels, above 0.
  public let sigma: RandomFactor
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Blurs by deviations of a range.
  public init(_ sigma: RandomFactor = .init(0.1, 2), probability: Double = 0.5) {
    self.sigma = sigma
    self.probability = probability
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    return [.pixels(Operation(sigma: generator.uniform(sigma)))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma, probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.factor(.sigma, default: .init(0.1, 2), in: 0.01...50)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

extension GaussianBlur {
  /// The weights of a pixel and of those beside it, up to a radius; all of them have sum 1.
  static func weights(sigma: Double, radius: Int) -> [Float] {
    let weights = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    return weights.map { Float($0 / sum) }
  }

  struct Operation: PixelOperation {
    let sigma: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      let radius = Int((3 * sigma).rounded(.up))
      let weights = GaussianBlur.weights(sigma: sigma, radius: radius)
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

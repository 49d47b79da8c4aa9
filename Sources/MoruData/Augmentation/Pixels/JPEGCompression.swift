import CImages
public import MoruArchive
public import MoruTensors

/// Gives the picture the traces of a JPEG file of random quality.
public struct JPEGCompression: PictureAugmentation {
  public static let kind = "jpegCompression"
  /// Range of the quality, 1 to 100.
  public let quality: RandomFactor
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Compresses at qualities of a range.
  public init(_ quality: RandomFactor = .init(30, 95), probability: Double = 0.5) {
    self.quality = quality
    self.probability = probability
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    return [.pixels(Operation(quality: Int(generator.uniform(quality).rounded())))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case quality, probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    quality = try fields.factor(.quality, default: .init(30, 95), in: 1...100)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

extension JPEGCompression {
  struct Operation: PixelOperation {
    let quality: Int

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      // What was encoded just now can be decoded.
      let size = MoruPictureSize(
        height: Int64(height), width: Int64(width), channels: Int64(channels))
      _ = moruThroughJPEG(&pixels, size, Int32(quality))
    }
  }
}

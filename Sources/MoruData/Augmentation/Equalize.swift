import MoruArchive
public import MoruTensors

/// Spreads the values of each channel so that all are about equally frequent.
public struct Equalize: PictureAugmentation {
  public static let kind = "equalize"
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Spreads with a probability.
  public init(probability: Double = 0.5) { self.probability = probability }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    generator.happens(probability) ? [.pixels(Operation())] : []
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

extension Equalize {
  struct Operation: PixelOperation {
    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      let tables = Histogram.all(of: pixels, channels: channels).map { histogram in
        let others = pixels.count / channels - histogram.counts[histogram.greatest]
        let step = others / 255
        guard step > 0 else { return LookUp.unchanged }
        var sum = step / 2
        return histogram.counts.map { count in
          defer { sum += count }
          return UInt8(min(sum / step, 255))
        }
      }
      LookUp(tables: tables).apply(
        to: &pixels, height: height, width: width, channels: channels)
    }
  }
}

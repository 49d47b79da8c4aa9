import MoruArchive
public import MoruTensors

/// Stretches each channel so that its darkest pixel becomes 0 and its brightest 255.
public struct AutoContrast: PictureAugmentation {
  public static let kind = "autoContrast"
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Stretches with a probability.
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

extension AutoContrast {
  struct Operation: PixelOperation {
    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      let tables = Histogram.all(of: pixels, channels: channels).map { histogram in
        let (low, high) = (histogram.least, histogram.greatest)
        guard high > low else { return LookUp.unchanged }
        let factor = 255 / Double(high - low)
        return LookUp.table { (Double($0) - Double(low)) * factor }
      }
      LookUp(tables: tables).apply(
        to: &pixels, height: height, width: width, channels: channels)
    }
  }
}

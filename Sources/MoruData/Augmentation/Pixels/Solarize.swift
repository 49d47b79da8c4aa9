import MoruArchive
public import MoruTensors

/// Inverts the channels that are at least as bright as a threshold.
public struct Solarize: PictureAugmentation {
  public static let kind = "solarize"
  /// The least value that is inverted, 0 to 256.
  public let threshold: Int

  /// Inverts from a threshold on.
  public init(_ threshold: Int = 128) { self.threshold = threshold }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [.pixels(LookUp { Int($0) >= threshold ? Double(255 - $0) : Double($0) })]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    threshold = try fields.value(.threshold, default: 128)
    guard (0...256).contains(threshold) else {
      throw fields.outOfRange(.threshold, "between 0 and 256, not \(threshold)")
    }
  }
}

import MoruArchive
public import MoruTensors

/// Keeps the highest bits of each channel alone.
public struct Posterize: PictureAugmentation {
  public static let kind = "posterize"
  /// How many bits are kept, 1 to 8.
  public let bits: Int

  /// Keeps so many bits.
  public init(_ bits: Int = 4) { self.bits = bits }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - min(max(bits, 1), 8)))
    return [.pixels(LookUp { Double($0 & mask) })]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case bits }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    bits = try fields.positive(.bits, default: 4)
    guard bits <= 8 else { throw fields.outOfRange(.bits, "between 1 and 8, not \(bits)") }
  }
}

import Foundation
public import MoruArchive
public import MoruTensors

/// Raises pixels, as parts of full brightness, to a random power.
public struct Gamma: PictureAugmentation {
  public static let kind = "gamma"
  /// Range of the power, above 0; above 1 darkens.
  public let exponent: RandomFactor

  /// Raises to powers of a range.
  public init(exponent: RandomFactor = .init(0.8, 1.25)) { self.exponent = exponent }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let exponent = generator.uniform(exponent)
    return [.pixels(LookUp { 255 * pow(Double($0) / 255, exponent) })]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case exponent }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    exponent = try fields.factor(.exponent, default: .init(0.8, 1.25), in: 0.01...100)
  }
}

import MoruArchive
public import MoruTensors

/// One change of a picture that is done or not; `Rule` says which.
public struct OccasionalChange<Rule: OccasionalRule>: PictureAugmentation {
  public static var kind: String { Rule.kind }
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Changes pictures with a probability.
  public init(probability: Double = 0.5) { self.probability = probability }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    generator.happens(probability) ? [Rule.operation(for: frame)] : []
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

/// A change that is done or not.
public protocol OccasionalRule: Sendable {
  /// The augmentation's name in files and messages.
  static var kind: String { get }
  /// What is done.
  static func operation(for frame: PictureFrame) -> PictureOperation
}

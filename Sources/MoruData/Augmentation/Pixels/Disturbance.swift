public import MoruArchive
public import MoruTensors

/// Disturbs pixels now and then, by a Gaussian of random deviation; `Rule` says what the Gaussian does.
public struct Disturbance<Rule: DisturbanceRule>: PictureAugmentation {
  public static var kind: String { Rule.kind }
  /// Range of the deviation, in the rule's units.
  public let sigma: RandomFactor
  /// How likely it is, 0 to 1.
  public let probability: Double

  /// Disturbs by deviations of a range.
  public init(_ sigma: RandomFactor = Rule.standard, probability: Double = 0.5) {
    self.sigma = sigma
    self.probability = probability
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    guard generator.happens(probability) else { return [] }
    return [.pixels(Rule.operation(generator.uniform(sigma), using: &generator))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma, probability }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.factor(.sigma, default: Rule.standard, in: Rule.allowed)
    probability = try fields.probability(.probability, default: 0.5)
  }
}

/// What a Gaussian does to pixels.
public protocol DisturbanceRule: Sendable {
  /// The augmentation's name in files and messages.
  static var kind: String { get }
  /// The range of the deviation if nobody says.
  static var standard: RandomFactor { get }
  /// The deviations that there may be.
  static var allowed: ClosedRange<Double> { get }
  /// What is done at a deviation.
  static func operation(
    _ sigma: Double, using generator: inout SeededGenerator
  ) -> any PixelOperation
}

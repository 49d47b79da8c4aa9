public import MoruArchive
public import MoruTensors

/// Moves the picture by a random amount along each axis; `Rule` says how.
public struct AxisMove<Rule: AxisRule>: PictureAugmentation {
  public static var kind: String { Rule.kind }
  /// Range of the move along the width, in the rule's unit.
  public let horizontal: RandomFactor
  /// Range of the move along the height, in the rule's unit.
  public let vertical: RandomFactor
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Moves by up to these amounts.
  public init(
    horizontal: RandomFactor = Rule.standard.horizontal,
    vertical: RandomFactor = Rule.standard.vertical, border: GeometricTransform.Border = .init()
  ) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let across = generator.uniform(horizontal)
    let down = generator.uniform(vertical)
    guard let source = Rule.source(across: across, down: down, frame) else { return [] }
    return [.geometric(GeometricTransform(about: frame, source, border: border))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case horizontal, vertical, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    horizontal = try fields.factor(
      .horizontal, default: Rule.standard.horizontal, in: -Rule.limit...Rule.limit)
    vertical = try fields.factor(
      .vertical, default: Rule.standard.vertical, in: -Rule.limit...Rule.limit)
    border = try fields.value(.border, default: .init())
  }
}

/// How a picture moves along its axes.
public protocol AxisRule: Sendable {
  /// The augmentation's name in files and messages.
  static var kind: String { get }
  /// The ranges of the moves if nobody says.
  static var standard: (horizontal: RandomFactor, vertical: RandomFactor) { get }
  /// How far a move may go either way.
  static var limit: Double { get }
  /// Where points come from, seen from the picture's middle; nil where nothing moves, or all would
  /// vanish.
  static func source(across: Double, down: Double, _ frame: PictureFrame) -> Homography?
}

public import MoruArchive
public import MoruTensors

/// Moves pixels away from a plainer picture, or towards it, by a random factor,
/// `plain + factor · (pixel − plain)`; `Rule` says what the plainer picture is.
///
/// - Source: Haeberli, Voorhies 1994, "Image processing by interpolation and extrapolation", IRIS
///   Universe 28; names and roundings as Pillow's.
public struct Enhancement<Rule: EnhancementRule>: PictureAugmentation {
  public static var kind: String { Rule.kind }
  /// Range of the change: 0.2 stands for factors from 0.8 to 1.2.
  public let factor: RandomFactor

  /// Changes it by up to a factor.
  public init(_ factor: RandomFactor = Rule.standard) { self.factor = factor }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    [.pixels(Operation(factor: 1 + generator.uniform(factor)))]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.factor(.factor, default: Rule.standard, in: -1...10)
  }

  struct Operation: PixelOperation {
    let factor: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      Rule.enhance(
        &pixels, height: height, width: width, channels: channels, factor: Float(factor))
    }
  }
}

/// What a plainer picture is.
public protocol EnhancementRule: Sendable {
  /// The augmentation's name in files and messages.
  static var kind: String { get }
  /// The range of the change if nobody says.
  static var standard: RandomFactor { get }
  /// Moves pixels, UInt8 `[height, width, channels]`, so far that the plainer picture's are left at 0
  /// and their own at 1.
  static func enhance(
    _ pixels: inout [UInt8], height: Int, width: Int, channels: Int, factor: Float)
}

extension EnhancementRule {
  public static var standard: RandomFactor { 0.2 }
}

public import MoruArchive
public import MoruGraph
import MoruTensors

/// In training adds a random number to all pixels of each picture, a part of the value range that
/// the factor gives; see `RandomPixels`.
public typealias RandomBrightness = RandomPixels<BrightnessRule>

/// In training moves all pixels of each picture away from the channel's mean, or towards it: `(x −
/// mean) · (1 + u) + mean` with u from the factor; see `RandomPixels`.
public typealias RandomContrast = RandomPixels<ContrastRule>

/// In training changes the pixels of each picture by a random number, by a rule; otherwise does
/// nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`, within the
///   value range.
public struct RandomPixels<Rule: PixelRule>: UnaryLayer {
  public static var kind: String { "Random\(Rule.word)" }
  public var identity = Identity()
  public let name: String?
  /// The range of the random numbers.
  public let factor: RandomFactor
  /// The least and the greatest value of a pixel.
  public let valueRange: [Double]

  /// Changes pixels by random numbers.
  public init(_ factor: RandomFactor, valueRange: [Double] = [0, 255], name: String? = nil) {
    self.factor = factor
    self.valueRange = valueRange
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard valueRange.count == 2, valueRange[0] < valueRange[1] else {
      return .failure(
        Self.kind, [x],
        Mismatch("its value range is \(valueRange)", "Give the least and the greatest value."))
    }
    guard scope.isTraining else { return x.floating() }
    let number = scope.uniform(factor, x).expanded(at: 3)
    let y = Rule.changed(x.floating(), by: number, range: valueRange[1] - valueRange[0])
    return clip(y, Tensor(valueRange[0]), Tensor(valueRange[1]))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, factor, valueRange
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    factor = try fields.required(.factor)
    valueRange = try fields.value(.valueRange, default: [0, 255])
  }
}

/// What a random number does to a picture.
public protocol PixelRule: Sendable {
  /// The rule's word in layers' names: `Brightness`.
  static var word: String { get }
  /// Pictures `[batch, height, width, channels]` changed by a number `[batch, 1, 1, 1]`.
  ///
  /// - Parameter range: The greatest value of a pixel less the least.
  static func changed(_ pictures: Tensor, by number: Tensor, range: Double) -> Tensor
}

/// Adds the number, as a part of the range.
public enum BrightnessRule: PixelRule {
  public static let word = "Brightness"
  public static func changed(_ pictures: Tensor, by number: Tensor, range: Double) -> Tensor {
    pictures + number * Tensor(range)
  }
}

/// Scales the distance from the channel's mean.
public enum ContrastRule: PixelRule {
  public static let word = "Contrast"
  public static func changed(_ pictures: Tensor, by number: Tensor, range: Double) -> Tensor {
    let mean = pictures.mean(axes: [1, 2], keepingAxes: true)
    return (pictures - mean) * (1 + number) + mean
  }
}

public import MoruArchive
public import MoruGraph
import MoruTensors

/// In training turns each picture about its middle by a random angle; otherwise does nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`.
public struct RandomRotation: UnaryLayer {
  public static let kind = "RandomRotation"
  public var identity = Identity()
  public let name: String?
  /// Range of the angle as a part of a full turn; positive turns against the clock.
  public let factor: RandomFactor
  /// What lies beyond the borders.
  public let fillMode: FillMode
  /// How values between elements are made.
  public let interpolation: Interpolation

  /// Turns pictures by random angles.
  public init(
    _ factor: RandomFactor, fillMode: FillMode = .reflect, interpolation: Interpolation = .bilinear,
    name: String? = nil
  ) {
    self.factor = factor
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard scope.isTraining else { return x.floating() }
    let angle = scope.uniform(factor, x, scale: 2 * Double.pi)
    let (sine, cosine) = (sin(angle), cos(angle))
    return x.floating().sampled(fillMode, interpolation) { row, column in
      (cosine * row + sine * column, cosine * column - sine * row)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, factor, fillMode, interpolation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    factor = try fields.required(.factor)
    fillMode = try fields.value(.fillMode, default: .reflect)
    interpolation = try fields.value(.interpolation, default: .bilinear)
  }
}

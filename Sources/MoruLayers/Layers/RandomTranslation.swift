public import MoruArchive
public import MoruGraph
import MoruTensors

/// In training moves each picture down and to the right by random parts of its size; otherwise does
/// nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`.
public struct RandomTranslation: UnaryLayer {
  public static let kind = "RandomTranslation"
  public var identity = Identity()
  public let name: String?
  /// Range of the way down, as a part of the height.
  public let heightFactor: RandomFactor
  /// Range of the way right, as a part of the width.
  public let widthFactor: RandomFactor
  /// What lies beyond the borders.
  public let fillMode: FillMode
  /// How values between elements are made.
  public let interpolation: Interpolation

  /// Moves pictures.
  public init(
    _ heightFactor: RandomFactor, widthFactor: RandomFactor, fillMode: FillMode = .reflect,
    interpolation: Interpolation = .bilinear, name: String? = nil
  ) {
    self.heightFactor = heightFactor
    self.widthFactor = widthFactor
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard scope.isTraining else { return x.floating() }
    let down = scope.uniform(heightFactor, x, scale: Double(x.shape[1]))
    let right = scope.uniform(widthFactor, x, scale: Double(x.shape[2]))
    return x.floating().sampled(fillMode, interpolation) { row, column in
      (row - down, column - right)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, heightFactor, widthFactor, fillMode, interpolation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    heightFactor = try fields.required(.heightFactor)
    widthFactor = try fields.required(.widthFactor)
    fillMode = try fields.value(.fillMode, default: .reflect)
    interpolation = try fields.value(.interpolation, default: .bilinear)
  }
}

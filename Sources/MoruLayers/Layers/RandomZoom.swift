public import MoruArchive
public import MoruGraph
import MoruTensors

/// In training draws each picture smaller or larger about its middle; otherwise does nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`.
public struct RandomZoom: UnaryLayer {
  public static let kind = "RandomZoom"
  public var identity = Identity()
  public let name: String?
  /// Range of the zoom of rows: 0.2 shows 20 % more of them, −0.2 less.
  public let heightFactor: RandomFactor
  /// Range of the zoom of columns; that of the rows, to keep proportions, if nil.
  public let widthFactor: RandomFactor?
  /// What lies beyond the borders.
  public let fillMode: FillMode
  /// How values between elements are made.
  public let interpolation: Interpolation

  /// Zooms pictures.
  public init(
    _ heightFactor: RandomFactor, widthFactor: RandomFactor? = nil, fillMode: FillMode = .reflect,
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
    let rows = 1 + scope.uniform(heightFactor, x)
    let columns = widthFactor.map { 1 + scope.uniform($0, x) } ?? rows
    return x.floating().sampled(fillMode, interpolation) { row, column in
      (rows * row, columns * column)
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
    widthFactor = try fields.optional(.widthFactor)
    fillMode = try fields.value(.fillMode, default: .reflect)
    interpolation = try fields.value(.interpolation, default: .bilinear)
  }
}

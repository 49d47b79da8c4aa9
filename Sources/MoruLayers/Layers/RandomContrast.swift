import MoruArchive
public import MoruGraph
import MoruTensors

/// In training moves all pixels of each picture away from the channel's mean, or towards it:
/// `(x − mean) · (1 + u) + mean`; otherwise does nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`, within the value
///   range.
public struct RandomContrast: UnaryLayer {
  public static let kind = "RandomContrast"
  public var identity = Identity()
  public let name: String?
  /// Range of u.
  public let factor: RandomFactor
  /// The least and the greatest value of a pixel.
  public let valueRange: [Double]

  /// Changes the contrast of pictures.
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
    let contrast = (1 + scope.uniform(factor, x)).expanded(at: 3)
    let y = x.floating()
    let mean = y.mean(axes: [1, 2], keepingAxes: true)
    return clip((y - mean) * contrast + mean, Tensor(valueRange[0]), Tensor(valueRange[1]))
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

import MoruArchive
public import MoruGraph
import MoruTensors

/// `(x − center) / scale` for each feature: what StandardScaler, MinMaxScaler and RobustScaler of
/// training data become in a model.
///
/// - Shapes: `[batch, …, features] → [batch, …, features]`; whole numbers become Float32.
public struct FeatureScaling: UnaryLayer {
  public static let kind = "FeatureScaling"
  public var identity = Identity()
  public let name: String?
  /// What each feature loses.
  public let center: [Double]
  /// What each feature is divided by then, above 0.
  public let scale: [Double]

  /// A layer with a centre and a scale for each feature.
  public init(center: [Double], scale: [Double], name: String? = nil) {
    self.center = center
    self.scale = scale
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let x = x.floating()
    guard x.rank >= 2, center.count == x.shape[x.rank - 1], scale.count == center.count else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "it was fitted to \(center.count) features", "Pass [batch, …, \(center.count)]."))
    }
    return (x - Tensor(HostTensor(center).converted(to: x.dtype)))
      / Tensor(HostTensor(scale).converted(to: x.dtype))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, center, scale
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    center = try fields.required(.center)
    scale = try fields.required(.scale)
    guard center.count == scale.count, scale.allSatisfy({ $0 > 0 }) else {
      throw fields.outOfRange(.scale, "as long as center, and above 0")
    }
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Hides the time steps whose features are all `maskValue` from the layers behind, and sets them to
/// 0; `Scope.mask(of:)` says how masks travel.
///
/// - Shapes: `[batch, time, features] → [batch, time, features]`.
public struct Masking: UnaryLayer {
  public static let kind = "Masking"
  public var identity = Identity()
  public let name: String?
  /// The number that padding is made of.
  public let maskValue: Double

  /// Hides steps of `maskValue`.
  public init(_ maskValue: Double = 0, name: String? = nil) {
    self.maskValue = maskValue
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size1D.refusedRank(Self.kind, x) { return failed }
    let x = x.floating()
    let shown = (x .!= Tensor(maskValue)).converted(to: .int32).max(axes: [2], keepingAxes: true)
      .converted(to: .bool)
    let y = select(shown, x, 0)
    scope.setMask(shown.reshaped(to: [x.shape[0], x.shape[1]]), of: y)
    return y
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, maskValue
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    maskValue = try fields.value(.maskValue, default: 0)
  }
}

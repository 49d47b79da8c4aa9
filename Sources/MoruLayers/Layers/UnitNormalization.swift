import MoruArchive
public import MoruGraph
import MoruTensors

/// `x / √Σx²`, the sum over `axes`, of each sample: length 1. Shorter than 10⁻⁶ the length counts as
/// that.
///
/// - Shapes: `[batch, …] → [batch, …]`.
public struct UnitNormalization: UnaryLayer {
  public static let kind = "UnitNormalization"
  public var identity = Identity()
  public let name: String?
  /// The axes that have length 1, the batch axis counted; −1 is the last.
  public let axes: [Int]

  /// Normalizes each sample over `axes`.
  public init(axes: [Int] = [-1], name: String? = nil) {
    self.axes = axes
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no feature axis", "Pass [batch, …, features]."))
    }
    let places = axes.compactMap { x.shape.axis($0) }
    guard places.count == axes.count, !places.isEmpty, Set(places).count == places.count else {
      return .failure(
        Self.kind, [x],
        Mismatch("axes \(axes) are not different axes", "Choose axes in 1..<\(x.rank)."))
    }
    return unitNormalized(x.floating(), axes: places)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, axes
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    axes = try fields.value(.axes, default: [-1])
  }
}

/// `x / √max(Σx², 10⁻¹²)`, the sum over `axes`.
func unitNormalized(_ x: Tensor, axes: [Int]) -> Tensor {
  x * rsqrt(maximum(square(x).sum(axes: axes, keepingAxes: true), Tensor(1e-12)))
}

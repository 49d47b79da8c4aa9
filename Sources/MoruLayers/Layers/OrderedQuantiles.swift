import MoruArchive
public import MoruGraph
import MoruTensors

/// Numbers that never fall along the last axis, `y₀ = x₀`, `yᵢ = yᵢ₋₁ + ln(1 + exp(xᵢ))`: quantiles of a
/// forecast that cannot cross.
///
/// - Shapes: `[batch, …, quantiles] → [batch, …, quantiles]`.
public struct OrderedQuantiles: UnaryLayer, PlainLayer {
  public static let kind = "OrderedQuantiles"
  public var identity = Identity()
  public let name: String?

  /// Numbers that never fall.
  public init(name: String? = nil) { self.name = name }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, let width = x.shape.last, width >= 1 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no quantiles", "Pass [batch, …, quantiles]."))
    }
    let x = x.floating()
    guard width > 1 else { return x }
    let axis = x.rank - 1
    let steps = concatenate(
      [x.sliced(0..<1, axis: axis), softplus(x.sliced(1..<width, axis: axis))], axis: axis)
    return steps.cumulativeSum(axis: axis)
  }
}

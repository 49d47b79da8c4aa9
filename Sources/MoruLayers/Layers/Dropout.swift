public import MoruGraph

/// In training sets each element to 0 with probability `rate` and scales the others by
/// `1/(1 − rate)`; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Srivastava et al. 2014, JMLR 15; the inverted form, scaled in training.
public typealias Dropout = DropoutLayer<ElementDropout>

/// Elements are dropped one by one.
public enum ElementDropout: DropoutRule {
  public static let kind = "Dropout"

  public static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor {
    scope.dropped(x, rate)
  }
}

public import MoruArchive
import MoruGraph

/// `max(1 − target · prediction, 0)²`, the mean over the last axis, for targets −1 and 1 and scores
/// of any size; targets 0 and 1 are taken for −1 and 1.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct SquaredHinge: AlignedLoss, PlainPart {
  public static let kind = "squaredHinge"

  /// `max(1 − target · prediction, 0)²`.
  public init() {}

  public var takesLogits: Bool { true }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    square(MoruGraph.hinge(target, prediction)).mean(axes: [-1])
  }
}

extension Loss where Self == SquaredHinge {
  /// `max(1 − target · prediction, 0)²`.
  public static var squaredHinge: Self { .init() }
}

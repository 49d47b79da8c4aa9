public import MoruArchive
import MoruGraph

/// `max(1 − target · prediction, 0)`, the mean over the last axis, for targets −1 and 1 and scores of
/// any size; targets 0 and 1 are taken for −1 and 1.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
/// - Source: Cortes, Vapnik 1995, doi:10.1007/BF00994018.
public struct Hinge: AlignedLoss, PlainPart {
  public static let kind = "hinge"

  /// `max(1 − target · prediction, 0)`.
  public init() {}

  public var takesLogits: Bool { true }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.hinge(target, prediction).mean(axes: [-1])
  }
}

extension Loss where Self == Hinge {
  /// `max(1 − target · prediction, 0)`.
  public static var hinge: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// The mean of `max(1 − target · prediction, 0)²` for targets −1 and 1; where all targets of a batch
/// are 0 or 1, they are taken for −1 and 1.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct SquaredHingeMetric: AlignedMetric, PlainPart {
  public static let kind = "squaredHinge"

  /// The mean squared margin that is missing.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    square(MoruGraph.hinge(target, prediction))
  }
}

extension Metric where Self == SquaredHingeMetric {
  /// The mean squared margin that is missing.
  public static var squaredHinge: Self { .init() }
}

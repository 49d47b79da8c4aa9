public import MoruArchive
import MoruGraph

/// The mean of `|prediction − target|`, in the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanAbsoluteErrorMetric: AlignedMetric, PlainPart {
  public static let kind = "meanAbsoluteError"

  /// The mean absolute error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    abs(prediction - target)
  }
}

extension Metric where Self == MeanAbsoluteErrorMetric {
  /// The mean absolute error.
  public static var meanAbsoluteError: Self { .init() }
}

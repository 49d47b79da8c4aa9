public import MoruArchive
import MoruGraph

/// The mean of `100 · |target − prediction| / |target|`, in percent; targets nearer to 0 than 1e-7
/// count as 1e-7.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanAbsolutePercentageErrorMetric: AlignedMetric, PlainPart {
  public static let kind = "meanAbsolutePercentageError"

  /// The mean absolute error in percent of the target.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    absolutePercentageError(target, prediction)
  }
}

extension Metric where Self == MeanAbsolutePercentageErrorMetric {
  /// The mean absolute error in percent of the target.
  public static var meanAbsolutePercentageError: Self { .init() }
}

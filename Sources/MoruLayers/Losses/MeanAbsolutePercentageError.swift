public import MoruArchive
import MoruGraph

/// `100 · |target − prediction| / |target|`, the mean over the last axis, in percent.
///
/// Targets nearer to 0 than 1e-7 count as 1e-7: choose another loss where targets may be 0.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanAbsolutePercentageError: AlignedLoss, PlainPart {
  public static let kind = "meanAbsolutePercentageError"

  /// The error in percent of the target.
  public init() {}

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    absolutePercentageError(target, prediction).mean(axes: [-1])
  }
}

extension Loss where Self == MeanAbsolutePercentageError {
  /// The error in percent of the target.
  public static var meanAbsolutePercentageError: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// `|prediction − target|`, the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanAbsoluteError: AlignedLoss, PlainPart {
  public static let kind = "meanAbsoluteError"

  /// `|prediction − target|`.
  public init() {}

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    abs(prediction - target).mean(axes: [-1])
  }
}

extension Loss where Self == MeanAbsoluteError {
  /// `|prediction − target|`.
  public static var meanAbsoluteError: Self { .init() }
}

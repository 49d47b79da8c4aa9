public import MoruArchive
import MoruGraph

/// `(prediction − target)²`, the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanSquaredError: AlignedLoss, PlainPart {
  public static let kind = "meanSquaredError"

  /// `(prediction − target)²`.
  public init() {}

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    square(prediction - target).mean(axes: [-1])
  }
}

extension Loss where Self == MeanSquaredError {
  /// `(prediction − target)²`.
  public static var meanSquaredError: Self { .init() }
}

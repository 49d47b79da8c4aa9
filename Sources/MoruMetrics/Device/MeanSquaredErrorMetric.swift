public import MoruArchive
import MoruGraph

/// The mean of `(prediction − target)²`, in the square of the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanSquaredErrorMetric: AlignedMetric, PlainPart {
  public static let kind = "meanSquaredError"

  /// The mean squared error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    square(prediction - target)
  }
}

extension Metric where Self == MeanSquaredErrorMetric {
  /// The mean squared error.
  public static var meanSquaredError: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// The mean of `(log(1 + prediction) − log(1 + target))²`; numbers below 1e-7 count as 1e-7.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanSquaredLogarithmicErrorMetric: AlignedMetric, PlainPart {
  public static let kind = "meanSquaredLogarithmicError"

  /// The mean squared error of logarithms.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    squaredLogarithmicError(target, prediction)
  }
}

extension Metric where Self == MeanSquaredLogarithmicErrorMetric {
  /// The mean squared error of logarithms.
  public static var meanSquaredLogarithmicError: Self { .init() }
}

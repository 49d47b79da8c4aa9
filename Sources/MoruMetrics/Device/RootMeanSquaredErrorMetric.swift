public import MoruArchive
import MoruGraph

/// The root of the mean of `(prediction − target)²`, in the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct RootMeanSquaredErrorMetric: AlignedMetric, PlainPart {
  public static let kind = "rootMeanSquaredError"

  /// The root of the mean squared error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    square(prediction - target)
  }

  public func value(sums: [[Double]]) -> Double { (sums[0][0] / sums[1][0]).squareRoot() }
}

extension Metric where Self == RootMeanSquaredErrorMetric {
  /// The root of the mean squared error.
  public static var rootMeanSquaredError: Self { .init() }
}

import MoruArchive
import MoruGraph
import MoruTensors

/// The root of the mean of `(prediction − target)²`, in the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct RootMeanSquaredErrorMetric: MeanMetric {
  public static let kind = "rootMeanSquaredError"

  /// The root of the mean squared error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    return truth.error == nil ? square(prediction - truth) : truth
  }

  public func value(sums: [Double]) -> Double { (sums[0] / sums[1]).squareRoot() }

  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
  }
}

extension Metric where Self == RootMeanSquaredErrorMetric {
  /// The root of the mean squared error.
  public static var rootMeanSquaredError: Self { .init() }
}

import MoruArchive
import MoruGraph
import MoruTensors

/// The mean of `(prediction − target)²`, in the square of the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanSquaredErrorMetric: MeanMetric {
  public static let kind = "meanSquaredError"

  /// The mean squared error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    return truth.error == nil ? square(prediction - truth) : truth
  }

  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
  }
}

extension Metric where Self == MeanSquaredErrorMetric {
  /// The mean squared error.
  public static var meanSquaredError: Self { .init() }
}

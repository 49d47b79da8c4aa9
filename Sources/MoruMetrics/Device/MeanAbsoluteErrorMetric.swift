import MoruArchive
import MoruGraph
import MoruTensors

/// The mean of `|prediction − target|`, in the target’s unit.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct MeanAbsoluteErrorMetric: MeanMetric {
  public static let kind = "meanAbsoluteError"

  /// The mean absolute error.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    return truth.error == nil ? abs(prediction - truth) : truth
  }

  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
  }
}

extension Metric where Self == MeanAbsoluteErrorMetric {
  /// The mean absolute error.
  public static var meanAbsoluteError: Self { .init() }
}

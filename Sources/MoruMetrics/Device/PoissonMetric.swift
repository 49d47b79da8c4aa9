public import MoruArchive
import MoruGraph

/// The mean of `prediction − target · log(prediction + 1e-7)`, for counts.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct PoissonMetric: AlignedMetric, PlainPart {
  public static let kind = "poisson"

  /// The mean negative logarithm of a Poisson distribution.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.poisson(target, prediction)
  }
}

extension Metric where Self == PoissonMetric {
  /// The mean negative logarithm of a Poisson distribution.
  public static var poisson: Self { .init() }
}

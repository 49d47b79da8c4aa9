public import MoruArchive
import MoruGraph

/// The mean of `log cosh(prediction − target)`: squared for small errors, absolute for great ones.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct LogCoshMetric: AlignedMetric, PlainPart {
  public static let kind = "logCosh"

  /// The mean logarithm of the hyperbolic cosine of errors.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.logCosh(prediction - target)
  }
}

extension Metric where Self == LogCoshMetric {
  /// The mean logarithm of the hyperbolic cosine of errors.
  public static var logCosh: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// The mean over samples of `max(max((1 − target) · score) − Σ target · score + 1, 0)`, for one-hot
/// targets.
///
/// - Shapes: target and prediction `[batch, …, classes]`.
/// - Source: Crammer, Singer 2001, JMLR 2.
public struct CategoricalHingeMetric: AlignedMetric, PlainPart {
  public static let kind = "categoricalHinge"

  /// The mean margin between the right class and the others.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.categoricalHinge(target, prediction)
  }
}

extension Metric where Self == CategoricalHingeMetric {
  /// The mean margin between the right class and the others.
  public static var categoricalHinge: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// The mean over samples of `Σ target · log(target / prediction)`, the Kullback–Leibler divergence of
/// class distributions, both moved into [1e-7, 1].
///
/// - Shapes: target and prediction `[batch, …, classes]`.
/// - Source: Kullback, Leibler 1951, doi:10.1214/aoms/1177729694.
public struct KLDivergenceMetric: AlignedMetric, PlainPart {
  public static let kind = "klDivergence"

  /// The mean divergence of class distributions.
  public init() {}

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    kullbackLeibler(target, prediction)
  }
}

extension Metric where Self == KLDivergenceMetric {
  /// The mean divergence of class distributions.
  public static var klDivergence: Self { .init() }
}

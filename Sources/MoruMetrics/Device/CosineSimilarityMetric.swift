public import MoruArchive
import MoruGraph

/// The mean over samples of the cosine of the angle between target and prediction: 1 where directions
/// are equal, −1 where they are opposite, 0 for a vector of length 0. (The loss of this name is its
/// negative.)
///
/// - Shapes: target and prediction `[batch, …, features]`.
public struct CosineSimilarityMetric: AlignedMetric, PlainPart {
  public static let kind = "cosineSimilarity"

  /// The mean cosine of the angle between vectors.
  public init() {}

  public var isBetterGreater: Bool { true }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.cosineSimilarity(target, prediction)
  }
}

extension Metric where Self == CosineSimilarityMetric {
  /// The mean cosine of the angle between vectors.
  public static var cosineSimilarity: Self { .init() }
}

public import MoruArchive
import MoruGraph

/// `−Σ target · prediction / (|target| · |prediction|)` over the last axis: −1 where directions are
/// equal, 1 where they are opposite, 0 for a vector of length 0.
///
/// - Shapes: target and prediction `[batch, …, features] → [batch, …]`.
public struct CosineSimilarity: AlignedLoss, PlainPart {
  public static let kind = "cosineSimilarity"

  /// The negative cosine of the angle between vectors.
  public init() {}

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    -MoruGraph.cosineSimilarity(target, prediction)
  }
}

extension Loss where Self == CosineSimilarity {
  /// The negative cosine of the angle between vectors.
  public static var cosineSimilarity: Self { .init() }
}

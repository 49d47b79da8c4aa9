import MoruArchive
public import MoruGraph
public import MoruTensors

/// `target · d² + (1 − target) · max(margin − d, 0)²`, the mean over the last axis, for the distance d
/// that a siamese model gives to a pair: near 0 for pairs of a kind (target 1), at least the margin
/// for others (target 0).
///
/// - Shapes: target and prediction `[batch, …, pairs] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
/// - Source: Hadsell, Chopra, LeCun 2006, doi:10.1109/CVPR.2006.100, without the halves.
public struct Contrastive: AlignedLoss {
  public static let kind = "contrastive"
  /// The distance from which pairs of two kinds cost nothing, above 0.
  public let margin: Double

  /// A loss for distances of pairs.
  public init(margin: Double = 1) { self.margin = margin }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutProbabilities(targets)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let apart = square(maximum(Tensor(margin) - prediction, 0))
    return (target * square(prediction) + (1 - target) * apart).mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case margin }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    margin = try fields.number(.margin, default: 1, in: 1e-12...1e12)
  }
}

extension Loss where Self == Contrastive {
  /// A loss for distances of pairs, with margin 1.
  public static var contrastive: Self { .init() }
  /// A loss for distances of pairs.
  public static func contrastive(margin: Double) -> Self { .init(margin: margin) }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// `(1 − p(target)^q) / q`: between cross-entropy, which it approaches for small q, and the absolute
/// error, at 1, which wrong labels in the data mislead less.
///
/// - Shapes: target `[batch, …]` whole numbers, prediction `[batch, …, classes]` probabilities
///   `→ [batch, …]`.
/// - Source: Zhang, Sabuncu 2018, arXiv:1805.07836.
public struct CategoricalGeneralizedCrossEntropy: Loss {
  public static let kind = "categoricalGeneralizedCrossEntropy"
  /// How little wrong labels mislead, above 0 and at most 1.
  public let q: Double

  /// A loss for data in which labels may be wrong.
  public init(q: Double = 0.5) { self.q = q }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = classTargets(Self.kind, target, prediction) { return failed }
    return (1 - pow(entries(of: prediction, at: target), Tensor(q))) * Tensor(1 / q)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case q }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    q = try fields.number(.q, default: 0.5, in: 1e-6...1)
  }
}

extension Loss where Self == CategoricalGeneralizedCrossEntropy {
  /// A loss for data in which labels may be wrong.
  public static var categoricalGeneralizedCrossEntropy: Self { .init() }
  /// A loss for data in which labels may be wrong.
  public static func categoricalGeneralizedCrossEntropy(q: Double) -> Self { .init(q: q) }
}

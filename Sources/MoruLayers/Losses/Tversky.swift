import MoruArchive
import MoruGraph

/// `1 − S / (S + alpha · M + beta · F + 1e-7)` with `S = Σ target · prediction` what two masks share,
/// `M = Σ target · (1 − prediction)` what is missed and `F = Σ (1 − target) · prediction` what is seen
/// falsely. With alpha and beta one half it is `Dice`.
///
/// - Shapes: target and prediction alike; `→ []` if sums run over everything, the batch included,
///   else the axes that are left.
/// - Source: Salehi, Erdogmus, Gholipour 2017, arXiv:1706.05721; Keras's letters, which are the
///   paper's the other way round.
public struct Tversky: AlignedLoss {
  public static let kind = "tversky"
  /// How much it costs to miss, at least 0.
  public let alpha: Double
  /// How much it costs to see what is not there, at least 0.
  public let beta: Double
  /// The axes over which sums run, batch axis first; all if nil.
  public let axes: [Int]?

  /// How little two masks overlap, with prices.
  public init(alpha: Double = 0.5, beta: Double = 0.5, axes: [Int]? = nil) {
    self.alpha = alpha
    self.beta = beta
    self.axes = axes
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let shared = (target * prediction).sum(axes: axes)
    let missed = (target * (1 - prediction)).sum(axes: axes)
    let imagined = ((1 - target) * prediction).sum(axes: axes)
    let price = Tensor(alpha) * missed + Tensor(beta) * imagined
    return 1 - shared / (shared + price + Tensor(probabilityMargin))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case alpha, beta, axes }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    alpha = try fields.number(.alpha, default: 0.5, in: 0...1e6)
    beta = try fields.number(.beta, default: 0.5, in: 0...1e6)
    axes = try fields.optional(.axes)
  }
}

extension Loss where Self == Tversky {
  /// How little two masks overlap, over the whole batch.
  public static var tversky: Self { .init() }
  /// How little two masks overlap, with prices.
  public static func tversky(
    alpha: Double = 0.5, beta: Double = 0.5, axes: [Int]? = nil
  ) -> Self {
    .init(alpha: alpha, beta: beta, axes: axes)
  }
}

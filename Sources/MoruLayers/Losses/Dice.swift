import MoruArchive
import MoruGraph

/// `1 − 2 · Σ target · prediction / (Σ target + Σ prediction + 1e-7)`: how little two masks overlap, 0
/// to 1; small objects count as much as large ones.
///
/// - Shapes: target and prediction alike; `→ []` if sums run over everything, the batch included,
///   else the axes that are left.
/// - Source: Milletari, Navab, Ahmadi 2016, arXiv:1606.04797; Keras's form, without squares.
public struct Dice: AlignedLoss {
  public static let kind = "dice"
  /// The axes over which sums run, batch axis first; all if nil.
  public let axes: [Int]?

  /// How little two masks overlap.
  public init(axes: [Int]? = nil) { self.axes = axes }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let overlap = 2 * (target * prediction).sum(axes: axes)
    return 1 - overlap / ((target + prediction).sum(axes: axes) + Tensor(probabilityMargin))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case axes }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    axes = try fields.optional(.axes)
  }
}

extension Loss where Self == Dice {
  /// How little two masks overlap, over the whole batch.
  public static var dice: Self { .init() }
  /// How little two masks overlap.
  public static func dice(axes: [Int]) -> Self { .init(axes: axes) }
}

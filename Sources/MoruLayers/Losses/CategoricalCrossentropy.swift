import MoruArchive
public import MoruGraph
import MoruTensors

/// `−Σ target · log p`: the cross-entropy of class distributions (one-hot targets, say) against
/// class scores.
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`.
public struct CategoricalCrossentropy: Loss {
  public static let kind = "categoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool

  /// Cross-entropy of class distributions.
  public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

  public var takesLogits: Bool { fromLogits }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if target.rank == prediction.rank - 1, target.dtype.isInteger {
      return .failure(
        Self.kind, [target, prediction],
        Mismatch(
          "targets are class numbers, not distributions",
          "Use sparseCategoricalCrossentropy for class numbers."))
    }
    let target = alignedTarget(Self.kind, target, prediction)
    guard target.error == nil else { return target }
    return -(target * logProbabilities(prediction, fromLogits: fromLogits)).sum(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
  }
}

extension Loss where Self == CategoricalCrossentropy {
  /// `−Σ target · log p` for distributions and probabilities.
  public static var categoricalCrossentropy: Self { .init() }
  /// `−Σ target · log p` for distributions and logits or probabilities.
  public static func categoricalCrossentropy(fromLogits: Bool) -> Self {
    .init(fromLogits: fromLogits)
  }
}

import MoruArchive
public import MoruGraph

/// `−target · log p − (1 − target) · log(1 − p)`, the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, labels] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct BinaryCrossentropy: Loss {
  public static let kind = "binaryCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool

  /// Cross-entropy of yes-or-no labels.
  public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

  public var takesLogits: Bool { fromLogits }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    let target = alignedTarget(Self.kind, target, prediction)
    guard target.error == nil else { return target }
    if let logits = fromLogits ? prediction : prediction.sigmoidLogits {
      // softplus(x) − x · target, which overflows nowhere.
      return (softplus(logits) - logits * target).mean(axes: [-1])
    }
    let p = clip(prediction, Tensor(probabilityMargin), Tensor(1 - probabilityMargin))
    return -(target * log(p) + (1 - target) * log(1 - p)).mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
  }
}

extension Loss where Self == BinaryCrossentropy {
  /// Cross-entropy of yes-or-no labels and probabilities.
  public static var binaryCrossentropy: Self { .init() }
  /// Cross-entropy of yes-or-no labels and logits or probabilities.
  public static func binaryCrossentropy(fromLogits: Bool) -> Self { .init(fromLogits: fromLogits) }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// `−log p(target)`: the cross-entropy of class numbers against class scores.
///
/// - Shapes: target `[batch, …]` whole numbers, prediction `[batch, …, classes] → [batch, …]`.
public struct SparseCategoricalCrossentropy: Loss {
  public static let kind = "sparseCategoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool

  /// Cross-entropy of class numbers.
  public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

  public var takesLogits: Bool { fromLogits }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = classTargets(Self.kind, target, prediction) { return failed }
    let logarithms = logProbabilities(prediction, fromLogits: fromLogits)
    // As bytes, class 256 would be class 0.
    let isTarget =
      target.converted(to: .int64).expanded(at: target.rank)
      .== .iota([prediction.shape[prediction.rank - 1]], dtype: .int64)
    return -select(isTarget, logarithms, 0).sum(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
  }
}

extension Loss where Self == SparseCategoricalCrossentropy {
  /// `−log p(target)` for class numbers and probabilities.
  public static var sparseCategoricalCrossentropy: Self { .init() }
  /// `−log p(target)` for class numbers and logits or probabilities.
  public static func sparseCategoricalCrossentropy(fromLogits: Bool) -> Self {
    .init(fromLogits: fromLogits)
  }
}

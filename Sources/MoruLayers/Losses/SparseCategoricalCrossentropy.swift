import MoruArchive
public import MoruGraph
import MoruTensors

/// `−log p(target)`: the cross-entropy of class numbers against class scores. End the model with
/// softmax.
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
    if let complaint = complaintAboutScores(prediction, fromLogits: fromLogits) {
      return .failure(Self.kind, [target, prediction], complaint)
    }
    return -entries(of: logProbabilities(prediction, fromLogits: fromLogits), at: target)
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

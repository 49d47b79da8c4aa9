import MoruArchive
import MoruGraph

/// The mean over samples of `−log p(target)`, for class numbers.
///
/// - Shapes: target `[batch, …]` or `[batch, …, 1]` whole numbers, prediction `[batch, …, classes]`.
public struct SparseCategoricalCrossentropyMetric: ClassEntropyMetric {
  public static let kind = "sparseCategoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The class number of places that do not count, such as padding; nil if all do.
  public let ignoreClass: Int?

  /// The mean cross-entropy of class numbers.
  public init(fromLogits: Bool = false, ignoreClass: Int? = nil) {
    self.fromLogits = fromLogits
    self.ignoreClass = ignoreClass
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Metric where Self == SparseCategoricalCrossentropyMetric {
  /// The mean cross-entropy of class numbers.
  public static var sparseCategoricalCrossentropy: Self { .init() }
  /// The mean cross-entropy of class numbers.
  public static func sparseCategoricalCrossentropy(
    fromLogits: Bool = false, ignoreClass: Int? = nil
  ) -> Self {
    .init(fromLogits: fromLogits, ignoreClass: ignoreClass)
  }
}

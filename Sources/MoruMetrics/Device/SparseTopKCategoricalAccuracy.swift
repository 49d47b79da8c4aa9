import MoruArchive
import MoruGraph

/// The fraction of samples whose true class is among the `k` of the greatest scores, for class
/// numbers. Classes of equal score are all among them if one is.
///
/// - Shapes: target `[batch, …]` or `[batch, …, 1]` whole numbers, prediction `[batch, …, classes]`.
public struct SparseTopKCategoricalAccuracy: MeanMetric {
  public static let kind = "sparseTopKCategoricalAccuracy"
  /// How many classes count as named, at least 1.
  public let k: Int

  /// The fraction of true classes among the best scores, of class numbers.
  public init(k: Int = 5) { self.k = k }

  public var isBetterGreater: Bool { true }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = classNumbers(Self.kind, target, prediction)
    guard truth.error == nil else { return truth }
    return isAmongGreatest(k, of: prediction, at: truth)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case k }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    k = try fields.positive(.k, default: 5)
  }
}

extension Metric where Self == SparseTopKCategoricalAccuracy {
  /// The fraction of true classes among the best scores, of class numbers.
  public static var sparseTopKCategoricalAccuracy: Self { .init() }
  /// The fraction of true classes among the best scores, of class numbers.
  public static func sparseTopKCategoricalAccuracy(k: Int) -> Self { .init(k: k) }
}

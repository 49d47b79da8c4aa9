import MoruArchive
import MoruGraph

/// The fraction of samples whose true class is among the `k` of the greatest scores, for one-hot
/// targets. Classes of equal score are all among them if one is.
///
/// - Shapes: target and prediction `[batch, …, classes]`.
public struct TopKCategoricalAccuracy: MeanMetric {
  public static let kind = "topKCategoricalAccuracy"
  /// How many classes count as named, at least 1.
  public let k: Int

  /// The fraction of true classes among the best scores, of one-hot targets.
  public init(k: Int = 5) { self.k = k }

  public var isBetterGreater: Bool { true }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    guard truth.error == nil else { return truth }
    return isAmongGreatest(k, of: prediction, at: truth.argMax())
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case k }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    k = try fields.positive(.k, default: 5)
  }
}

extension Metric where Self == TopKCategoricalAccuracy {
  /// The fraction of true classes among the best scores, of one-hot targets.
  public static var topKCategoricalAccuracy: Self { .init() }
  /// The fraction of true classes among the best scores, of one-hot targets.
  public static func topKCategoricalAccuracy(k: Int) -> Self { .init(k: k) }
}

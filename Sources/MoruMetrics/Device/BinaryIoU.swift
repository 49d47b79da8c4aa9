import MoruArchive
import MoruGraph

/// The mean over no, 0, and yes, 1, of `found / (found + missed + imagined)`, the overlap of where an
/// answer is true and where it is given. An answer that is nowhere does not count.
///
/// - Shapes: target (0 and 1) and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
/// - Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
public struct BinaryIoU: OverlapMetric {
  public static let kind = "binaryIoU"
  /// The answers whose overlap counts: 0, 1 or both.
  public let targetClassIds: [Int]?
  /// From which on a score means yes.
  public let threshold: Double

  /// The mean overlap of no and yes.
  public init(targetClassIds: [Int]? = nil, threshold: Double = 0.5) {
    self.targetClassIds = targetClassIds
    self.threshold = threshold
  }

  var ignoreClass: Int? { nil }

  func labels(target: Tensor, prediction: Tensor) -> Labels {
    let truth = alignedTarget(Self.kind, target, prediction)
    return Labels(truth: truth, seen: prediction .>= Tensor(threshold), classes: 2)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case targetClassIds, threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    targetClassIds = try fields.optional(.targetClassIds)
    threshold = try fields.number(.threshold, default: 0.5, in: -1e9...1e9)
  }
}

extension Metric where Self == BinaryIoU {
  /// The mean overlap of no and yes.
  public static var binaryIoU: Self { .init() }
  /// The mean overlap of no and yes.
  public static func binaryIoU(targetClassIds: [Int]? = nil, threshold: Double = 0.5) -> Self {
    .init(targetClassIds: targetClassIds, threshold: threshold)
  }
}

import MoruArchive
import MoruGraph

/// The mean over some classes of `found / (found + missed + imagined)`, the overlap of where a class is
/// and where it is seen, for one-hot targets. Classes that are nowhere do not count; 0 if none is left.
///
/// - Shapes: target `[batch, …, classes]`, prediction alike, of which the greatest score is seen, or class
///   numbers `[batch, …]`.
/// - Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
public struct OneHotIoU: OverlapMetric {
  public static let kind = "oneHotIoU"
  /// The classes whose overlap counts; all if nil.
  public let targetClassIds: [Int]?
  /// The class number of places that do not count; nil if all do.
  public let ignoreClass: Int?

  /// The mean overlap of some classes, of one-hot targets.
  public init(targetClassIds: [Int]? = nil, ignoreClass: Int? = nil) {
    self.targetClassIds = targetClassIds
    self.ignoreClass = ignoreClass
  }

  func labels(target: Tensor, prediction: Tensor) -> Labels {
    labelsOfOneHot(target, prediction)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case targetClassIds, ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    targetClassIds = try fields.optional(.targetClassIds)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Metric where Self == OneHotIoU {
  /// The mean overlap of some classes, of one-hot targets.
  public static var oneHotIoU: Self { .init() }
  /// The mean overlap of some classes, of one-hot targets.
  public static func oneHotIoU(
    targetClassIds: [Int]? = nil, ignoreClass: Int? = nil
  ) -> Self {
    .init(targetClassIds: targetClassIds, ignoreClass: ignoreClass)
  }
}

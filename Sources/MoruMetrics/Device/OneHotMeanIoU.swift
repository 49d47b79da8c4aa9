import MoruArchive
import MoruGraph

/// The mean over all classes of `found / (found + missed + imagined)`, the overlap of where a class is and
/// where it is seen, for one-hot targets. Classes that are nowhere do not count; 0 if none is left.
///
/// - Shapes: target `[batch, …, classes]`, prediction alike, of which the greatest score is seen, or class
///   numbers `[batch, …]`.
/// - Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
public struct OneHotMeanIoU: OverlapMetric {
  public static let kind = "oneHotMeanIoU"
  /// The class number of places that do not count; nil if all do.
  public let ignoreClass: Int?

  /// The mean overlap of all classes, of one-hot targets.
  public init(ignoreClass: Int? = nil) {
    self.ignoreClass = ignoreClass
  }

  var targetClassIds: [Int]? { nil }

  func labels(target: Tensor, prediction: Tensor) -> Labels {
    labelsOfOneHot(target, prediction)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Metric where Self == OneHotMeanIoU {
  /// The mean overlap of all classes, of one-hot targets.
  public static var oneHotMeanIoU: Self { .init() }
  /// The mean overlap of all classes, of one-hot targets.
  public static func oneHotMeanIoU(
    ignoreClass: Int? = nil
  ) -> Self {
    .init(ignoreClass: ignoreClass)
  }
}

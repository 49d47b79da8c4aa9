import MoruArchive
import MoruGraph

/// The mean over all classes of `found / (found + missed + imagined)`, the overlap of where a class is and
/// where it is seen, for class numbers. Classes that are nowhere do not count; 0 if none is left.
///
/// - Shapes: target `[batch, …]`, prediction `[batch, …, classes]` scores, of which the greatest is seen,
///   or class numbers of the target's shape.
/// - Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
public struct MeanIoU: OverlapMetric {
  public static let kind = "meanIoU"
  /// Number of classes, at least 1; the size of the last axis of scores if nil.
  public let classes: Int?
  /// The class number of places that do not count; nil if all do.
  public let ignoreClass: Int?

  /// The mean overlap of all classes.
  public init(classes: Int? = nil, ignoreClass: Int? = nil) {
    self.classes = classes
    self.ignoreClass = ignoreClass
  }

  var targetClassIds: [Int]? { nil }

  func labels(target: Tensor, prediction: Tensor) -> Labels {
    labelsOfNumbers(target, prediction, classes: classes)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case classes, ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    classes = try fields.optionalNumber(.classes, atLeast: 1)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Metric where Self == MeanIoU {
  /// The mean overlap of all classes.
  public static var meanIoU: Self { .init() }
  /// The mean overlap of all classes.
  public static func meanIoU(
    classes: Int? = nil, ignoreClass: Int? = nil
  ) -> Self {
    .init(classes: classes, ignoreClass: ignoreClass)
  }
}

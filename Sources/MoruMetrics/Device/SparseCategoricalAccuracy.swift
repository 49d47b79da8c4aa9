public import MoruArchive
import MoruGraph

/// The fraction of samples whose greatest score is that of the true class, for class numbers.
///
/// - Shapes: target `[batch, …]` or `[batch, …, 1]` whole numbers, prediction `[batch, …, classes]`.
public struct SparseCategoricalAccuracy: MeanMetric, PlainPart {
  public static let kind = "sparseCategoricalAccuracy"

  /// The fraction of right classes, of class numbers.
  public init() {}

  public var isBetterGreater: Bool { true }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = classNumbers(Self.kind, target, prediction)
    guard truth.error == nil else { return truth }
    return prediction.argMax() .== truth
  }
}

extension Metric where Self == SparseCategoricalAccuracy {
  /// The fraction of right classes, of class numbers.
  public static var sparseCategoricalAccuracy: Self { .init() }
}

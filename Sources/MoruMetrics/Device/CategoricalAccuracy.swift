public import MoruArchive
import MoruGraph

/// The fraction of samples whose greatest score is that of the class whose target is greatest, for
/// one-hot targets.
///
/// - Shapes: target and prediction `[batch, …, classes]`.
public struct CategoricalAccuracy: MeanMetric, PlainPart {
  public static let kind = "categoricalAccuracy"

  /// The fraction of right classes, of one-hot targets.
  public init() {}

  public var isBetterGreater: Bool { true }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    guard truth.error == nil else { return truth }
    return prediction.argMax() .== truth.argMax()
  }
}

extension Metric where Self == CategoricalAccuracy {
  /// The fraction of right classes, of one-hot targets.
  public static var categoricalAccuracy: Self { .init() }
}

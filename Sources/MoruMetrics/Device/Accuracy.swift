import MoruArchive
import MoruGraph
import MoruTensors

/// The fraction of samples whose predicted class is the true one.
///
/// With one score for each sample, classes are told apart at `threshold`; with several, the greatest
/// score is the predicted class. Targets are class numbers or one-hot rows.
///
/// - Shapes: target `[batch, …]`, `[batch, …, 1]` or `[batch, …, classes]`, prediction
///   `[batch, …, classes]`.
public struct Accuracy: MeanMetric {
  public static let kind = "accuracy"
  /// Above which one score for each sample means yes.
  public let threshold: Double

  /// The fraction of right classes.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public var isBetterGreater: Bool { true }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    guard let classes = prediction.shape.last, prediction.rank >= 2 else {
      return .failure(
        Self.kind, [target, prediction],
        Mismatch("predictions have no class axis", "Pass predictions [batch, classes]."))
    }
    if classes == 1 {
      let truth = alignedTarget(Self.kind, target, prediction)
      guard truth.error == nil else { return truth }
      return (prediction .> Tensor(threshold)) .== (truth .> 0.5)
    }
    let predicted = prediction.argMax()
    if target.shape == prediction.shape { return predicted .== target.argMax() }
    guard let truth = target.classNumbers(of: predicted.shape) else {
      return .failure(
        Self.kind, [target, prediction],
        Mismatch(
          "targets are neither class numbers nor one-hot rows",
          "Pass targets of shape \(predicted.shape) or \(prediction.shape)."))
    }
    return predicted .== truth
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    threshold = try fields.number(.threshold, default: 0.5, in: -1e9...1e9)
  }
}

extension Metric where Self == Accuracy {
  /// The fraction of right classes.
  public static var accuracy: Self { .init() }
}

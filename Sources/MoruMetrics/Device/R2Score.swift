import MoruArchive
public import MoruGraph
import MoruTensors

/// `1 − Σ (target − prediction)² / Σ (target − mean target)²`: what part of the targets' variance is
/// explained; 1 is the best, 0 what always saying the mean comes to, and also what constant targets
/// give.
///
/// - Shapes: target and prediction `[batch, outputs]`; a target `[batch]` fits a prediction `[batch, 1]`.
public struct R2Score: Metric {
  public static let kind = "r2Score"

  /// How several outputs become one figure.
  public enum Aggregation: String, Codable, Sendable, CaseIterable {
    /// Their mean.
    case uniformAverage
    /// Their mean, each counting by the variance of its targets.
    case varianceWeightedAverage
  }

  /// How several outputs become one figure.
  public let classAggregation: Aggregation
  /// Number of inputs of the model, for the adjusted figure
  /// `1 − (1 − R²) · (n − 1) / (n − regressors − 1)`; 0 for the plain one, which also stands where n, the
  /// number of samples, is no greater than regressors + 1.
  public let regressors: Int

  /// The explained part of the variance.
  public init(classAggregation: Aggregation = .uniformAverage, regressors: Int = 0) {
    self.classAggregation = classAggregation
    self.regressors = regressors
  }

  public var isBetterGreater: Bool { true }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    func failed(_ tensor: Tensor) -> [Tensor] { [Tensor](repeating: tensor, count: 5) }
    let aligned = alignedTarget(Self.kind, target, prediction)
    guard aligned.error == nil else { return failed(aligned) }
    guard prediction.rank == 2 else {
      return failed(
        .failure(
          Self.kind, [target, prediction],
          Mismatch("predictions are not rows of numbers", "Pass predictions [batch, outputs].")))
    }
    let weights = weights(Self.kind, sampleWeight, of: prediction)
    let truth = aligned.converted(to: .float64)
    let error = truth - prediction.converted(to: .float64)
    let terms = [weights, weights * truth, weights * truth * truth, weights * error * error]
    let samples = Tensor(HostTensor(Double(prediction.shape.first ?? 0)))
    return terms.map { $0.sum(axes: [0]) } + [samples]
  }

  public func value(sums: [[Double]]) -> Double {
    let variations = zip(sums[0], zip(sums[1], sums[2])).map { count, moments in
      max(moments.1 - moments.0 * moments.0 / count, 0)
    }
    let scores = zip(zip(variations, sums[2]), sums[3]).map { variation, error in
      // What is left of constant targets is rounding.
      variation.0 > 1e-14 * variation.1 ? 1 - error / variation.0 : 0
    }
    let score =
      switch classAggregation {
      case .uniformAverage: scores.mean
      case .varianceWeightedAverage:
        ratio(zip(scores, variations).map { $0 * $1 }.reduce(0, +), variations.reduce(0, +))
      }
    let freedom = sums[4][0] - Double(regressors) - 1
    guard regressors > 0, freedom > 0 else { return score }
    return 1 - (1 - score) * (sums[4][0] - 1) / freedom
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case classAggregation, regressors }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    classAggregation = try fields.value(.classAggregation, default: .uniformAverage)
    regressors = try fields.optionalNumber(.regressors, atLeast: 0) ?? 0
  }
}

extension Metric where Self == R2Score {
  /// The explained part of the variance.
  public static var r2Score: Self { .init() }
  /// The explained part of the variance.
  public static func r2Score(
    classAggregation: R2Score.Aggregation = .uniformAverage, regressors: Int = 0
  ) -> Self {
    .init(classAggregation: classAggregation, regressors: regressors)
  }
}

import MoruArchive
import MoruGraph

/// The mean over samples of `2 · cov(target, prediction) / (σ²(target) + σ²(prediction) + (μ(target) −
/// μ(prediction))²)` along an axis, between −1 and 1: how near the pairs lie to the line of equality;
/// 0 where neither varies nor differs.
///
/// - Shapes: target and prediction `[batch, …]` alike, with at least two entries along the axis.
/// - Source: Lin 1989, doi:10.2307/2532051.
public struct ConcordanceCorrelation: AlignedMetric {
  public static let kind = "concordanceCorrelation"
  /// The axis along which a sample varies, batch axis first: never 0.
  public let axis: Int

  /// The mean agreement within samples.
  public init(axis: Int = -1) { self.axis = axis }

  public var isBetterGreater: Bool { true }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    if let complaint = complaint(aboutAxis: axis, of: prediction) {
      return .failure(Self.kind, [target, prediction], complaint)
    }
    let moments = Moments(target, prediction, axis: axis)
    let scale =
      moments.targetVariance + moments.predictionVariance + square(moments.meanDifference)
    return select(scale .== 0, 0, 2 * moments.covariance / scale)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case axis }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    axis = try fields.value(.axis, default: -1)
  }
}

extension Metric where Self == ConcordanceCorrelation {
  /// The mean agreement within samples.
  public static var concordanceCorrelation: Self { .init() }
  /// The mean agreement within samples.
  public static func concordanceCorrelation(axis: Int) -> Self { .init(axis: axis) }
}

import MoruArchive
import MoruGraph

/// The mean over samples of `cov(target, prediction) / (σ(target) · σ(prediction))` along an axis, between
/// −1 and 1; 0 where one of them does not vary.
///
/// - Shapes: target and prediction `[batch, …]` alike, with at least two entries along the axis.
/// - Source: Pearson 1895, doi:10.1098/rspl.1895.0041.
public struct PearsonCorrelation: AlignedMetric {
  public static let kind = "pearsonCorrelation"
  /// The axis along which a sample varies, batch axis first: never 0.
  public let axis: Int

  /// The mean linear correlation within samples.
  public init(axis: Int = -1) { self.axis = axis }

  public var isBetterGreater: Bool { true }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    if let complaint = complaint(aboutAxis: axis, of: prediction) {
      return .failure(Self.kind, [target, prediction], complaint)
    }
    let moments = Moments(target, prediction, axis: axis)
    let scale = sqrt(moments.targetVariance * moments.predictionVariance)
    return select(scale .== 0, 0, moments.covariance / scale)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case axis }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    axis = try fields.value(.axis, default: -1)
  }
}

extension Metric where Self == PearsonCorrelation {
  /// The mean linear correlation within samples.
  public static var pearsonCorrelation: Self { .init() }
  /// The mean linear correlation within samples.
  public static func pearsonCorrelation(axis: Int) -> Self { .init(axis: axis) }
}

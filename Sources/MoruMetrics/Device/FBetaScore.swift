import MoruArchive
public import MoruGraph

/// `(1 + beta²) · precision · recall / (beta² · precision + recall)` of each label, averaged over labels;
/// 0 where nothing is found.
///
/// - Shapes: target (0 and 1) and prediction `[batch, …, labels]`.
/// - Source: van Rijsbergen 1979, Information Retrieval, chapter 7.
public struct FBetaScore: Metric {
  public static let kind = "fBetaScore"
  /// How many times as much recall counts as precision, above 0.
  public let beta: Double
  /// How labels are averaged.
  public let average: LabelAverage
  /// Above which a score means yes, between 0 and 1; if nil, a sample's greatest score does.
  public let threshold: Double?

  /// Precision and recall in one figure.
  public init(beta: Double = 1, average: LabelAverage = .macro, threshold: Double? = nil) {
    self.beta = beta
    self.average = average
    self.threshold = threshold
  }

  public var isBetterGreater: Bool { true }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    labelCounting(threshold).sums(
      Self.kind, target: target, prediction: prediction, sampleWeight: sampleWeight)
  }

  public func value(sums: [[Double]]) -> Double {
    average.score(of: sums, beta: beta)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case beta, average, threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    beta = try fields.number(.beta, default: 1, in: 1e-6...1e6)
    average = try fields.value(.average, default: .macro)
    threshold = try fields.threshold(.threshold)
  }
}

extension Metric where Self == FBetaScore {
  /// Precision and recall in one figure.
  public static var fBetaScore: Self { .init() }
  /// Precision and recall in one figure.
  public static func fBetaScore(
    beta: Double = 1, average: LabelAverage = .macro, threshold: Double? = nil
  ) -> Self {
    .init(beta: beta, average: average, threshold: threshold)
  }
}

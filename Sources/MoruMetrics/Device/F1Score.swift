import MoruArchive
public import MoruGraph

/// `2 · precision · recall / (precision + recall)` of each label, averaged over labels; 0 where nothing
/// is found. `FBetaScore` with beta 1.
///
/// - Shapes: target (0 and 1) and prediction `[batch, …, labels]`.
/// - Source: van Rijsbergen 1979, Information Retrieval, chapter 7.
public struct F1Score: Metric {
  public static let kind = "f1Score"
  /// How labels are averaged.
  public let average: LabelAverage
  /// Above which a score means yes, between 0 and 1; if nil, a sample's greatest score does.
  public let threshold: Double?

  /// The harmonic mean of precision and recall.
  public init(average: LabelAverage = .macro, threshold: Double? = nil) {
    self.average = average
    self.threshold = threshold
  }

  public var isBetterGreater: Bool { true }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    labelCounting(threshold).sums(
      Self.kind, target: target, prediction: prediction, sampleWeight: sampleWeight)
  }

  public func value(sums: [[Double]]) -> Double {
    average.score(of: sums, beta: 1)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case average, threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    average = try fields.value(.average, default: .macro)
    threshold = try fields.threshold(.threshold)
  }
}

extension Metric where Self == F1Score {
  /// The harmonic mean of precision and recall.
  public static var f1Score: Self { .init() }
  /// The harmonic mean of precision and recall.
  public static func f1Score(
    average: LabelAverage = .macro, threshold: Double? = nil
  ) -> Self {
    .init(average: average, threshold: threshold)
  }
}

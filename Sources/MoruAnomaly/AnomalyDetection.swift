import MoruArchive
import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
import MoruMetrics
public import MoruModels
public import MoruTensors

/// A detector with a threshold, both from good samples alone.
///
/// ```swift
/// let detection = AnomalyDetection(PatchCore(base: base), falseAlarmRate: 0.02)
/// let model = try await detection.fit(goodPictures, seed: 0)
/// ```
///
/// The detector learns from one part of the samples, chosen at random (of windows of a series, the earlier
/// ones); the scores of the others, which it has not seen, set
/// the threshold that the chosen share of good samples exceeds. What comes out is a model as any other: its
/// output `verdict` gives the threshold as the score for good, and the sample's score as that for anomaly.
/// It is saved, served, asked and evaluated alike.
///
/// - Source: the threshold is ``MoruMetrics/FalseAlarmThreshold``.
public struct AnomalyDetection: Learner {
  /// How anomalies are told.
  public var detector: any AnomalyDetector
  /// The share of good samples that may be taken for anomalies, between 0 and 1.
  public var falseAlarmRate: Double
  /// The share of the good samples that the threshold comes from, between 0 and 1.
  public var heldOut: Double
  /// What the answers are called: good, then anomaly.
  public var labels = ["good", "anomaly"]
  /// How tables become the windows that are judged; nil unless samples are such windows.
  public var series: SeriesEncoding?
  /// Where it is computed.
  public var executor: any Executor = .cpu

  public var name: String { detector.name }

  /// A detector and the false alarms that are allowed.
  public init(
    _ detector: any AnomalyDetector, falseAlarmRate: Double = 0.01, heldOut: Double = 0.3
  ) {
    self.detector = detector
    self.falseAlarmRate = falseAlarmRate
    self.heldOut = heldOut
  }

  /// Learns what good samples are like.
  ///
  /// - Parameter data: Good samples only; their targets are not looked at.
  /// - Throws: `AnomalyError.tooFewGood` if fewer are held out than the rate needs, `.outOfRange` for
  ///   settings; what the detector throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let (learned, kept) = try parts(of: data, seed: seed.child("held out"))
    var scorer = try await detector.scorer(
      of: learned, seed: seed.child("detector"), on: executor)
    if let series { scorer = try scorer.taking(series) }
    let scores = try await Predictor(scorer.model(), on: executor)
      .predict(kept.features.map(\.values))[0].numbers
    let threshold = try FalseAlarmThreshold(goodScores: scores, rate: falseAlarmRate)
    let end = AnomalyThreshold(
      threshold.value, falseAlarmRate: falseAlarmRate, samples: kept.count,
      mapThreshold: try await mapThreshold(scorer, kept), name: "verdict")
    return try scorer.model(
      to: end([scorer.score] + (scorer.map.map { [$0] } ?? [])), named: "verdict",
      meaning: .scores(labels: labels),
      training: TrainingRecord(
        learner: detector.name, seed: seed.key,
        objective: Objective(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy]),
        batchSize: data.count, samples: data.count, epochs: [], keptEpoch: 0,
        dataChecksum: data.contentHash.hex))
  }

  /// The samples that the detector learns from, and those that set the threshold.
  private func parts(of data: Dataset, seed: Seed) throws -> (learned: Dataset, kept: Dataset) {
    guard falseAlarmRate > 0, falseAlarmRate < 1 else {
      throw AnomalyError.outOfRange(
        "falseAlarmRate", found: "\(falseAlarmRate)", allowed: "between 0 and 1")
    }
    guard heldOut > 0, heldOut < 1 else {
      throw AnomalyError.outOfRange("heldOut", found: "\(heldOut)", allowed: "between 0 and 1")
    }
    guard labels.count == 2, labels[0] != labels[1] else {
      throw AnomalyError.outOfRange(
        "labels", found: "\(labels)", allowed: "two different words")
    }
    let count = Int((Double(data.count) * heldOut).rounded())
    let needed = FalseAlarmThreshold.samplesNeeded(for: falseAlarmRate)
    guard count >= needed, count < data.count else {
      throw AnomalyError.tooFewGood(
        samples: data.count, heldOut: min(count, max(data.count - 1, 0)), needed: needed,
        rate: falseAlarmRate)
    }
    var generator = seed.generator
    let order =
      detector.holdsOutLatest
      ? (0..<data.count).reversed() : (0..<data.count).shuffled(using: &generator)
    return (
      try data.subset(order[count...].sorted()), try data.subset(order[..<count].sorted())
    )
  }

  /// What the greatest values of good samples' maps exceed as rarely as their scores the threshold.
  private func mapThreshold(_ scorer: AnomalyScorer, _ kept: Dataset) async throws -> Double? {
    guard let map = scorer.map else { return nil }
    let values = try await Predictor(scorer.model(to: map, named: "map"), on: executor)
      .predict(kept.features.map(\.values))[0].numbers
    let size = values.count / kept.count
    let greatest = (0..<kept.count).map { values[$0 * size..<($0 + 1) * size].max() ?? 0 }
    return try FalseAlarmThreshold(goodScores: greatest, rate: falseAlarmRate).value
  }
}

extension HostTensor {
  /// All values in Float64.
  var numbers: [Double] {
    get throws { try converted(to: .float64).array(of: Double.self) }
  }
}

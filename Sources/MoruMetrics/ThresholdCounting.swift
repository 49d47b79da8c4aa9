import MoruArchive
import MoruGraph
import MoruTensors

/// Counts, for each of some thresholds, how often yes was said rightly and wrongly.
struct ThresholdCounting {
  /// Above which a score means yes, each between 0 and 1. Nil for one half, or whatever the score if
  /// `topK` is given.
  var thresholds: [Double]?
  /// Whether a threshold below and one above every score stand before and behind the others.
  var hasEnds = false
  /// How many of the greatest scores of a sample may mean yes; any number if nil.
  var topK: Int?
  /// The only label that counts, by its place on the last axis; all if nil.
  var classId: Int?
  /// Whether labels on the last axis are counted each by itself.
  var isPerLabel = false
  /// How much labels count; alike if nil.
  var labelWeights: [Double]?

  /// True positives and false positives, `[thresholds, labels]`, then positives and negatives,
  /// `[labels]`, with one label for all unless each is counted by itself.
  func sums(
    _ kind: String, target: Tensor, prediction: Tensor, sampleWeight: Tensor?
  ) -> [Tensor] {
    if let complaint = complaint(about: prediction) {
      return Self.failed(kind, target, prediction, complaint)
    }
    let truth = alignedTarget(kind, target, prediction)
    var weight = weights(kind, sampleWeight, of: prediction)
    if let failed = [truth, weight].first(where: { $0.error != nil }) {
      return [Tensor](repeating: failed, count: 4)
    }
    if let labelWeights { weight = weight * Tensor(HostTensor(labelWeights)) }
    var scores = prediction
    if let topK {
      scores = select(greatest(topK, of: prediction), prediction, Tensor(-Double.infinity))
    }
    let labels = isPerLabel ? prediction.shape.last ?? 1 : 1
    func column(_ tensor: Tensor) -> Tensor {
      let picked = classId.map { tensor.sliced($0..<$0 + 1, axis: -1) } ?? tensor
      return picked.reshaped(to: [picked.shape.elementCount / labels, labels])
    }
    let positive = column(select(truth .> 0.5, weight, 0))
    let negative = column(select(truth .> 0.5, 0, weight))
    let limits = Tensor(HostTensor(limits).converted(to: prediction.dtype))
      .reshaped(to: [limits.count, 1, 1])
    let isYes = column(scores).expanded(at: 0) .> limits
    return [
      select(isYes, positive.expanded(at: 0), 0).sum(axes: [1]),
      select(isYes, negative.expanded(at: 0), 0).sum(axes: [1]),
      positive.sum(axes: [0]), negative.sum(axes: [0]),
    ]
  }

  /// The sums of values that the metric is not defined for.
  static func failed(
    _ kind: String, _ target: Tensor, _ prediction: Tensor, _ complaint: Mismatch
  ) -> [Tensor] {
    [Tensor](repeating: .failure(kind, [target, prediction], complaint), count: 4)
  }

  private var limits: [Double] {
    let inner = thresholds ?? (topK == nil ? [0.5] : [-.infinity])
    return hasEnds ? [-.infinity] + inner + [.infinity] : inner
  }

  private func complaint(about prediction: Tensor) -> Mismatch? {
    guard prediction.error == nil else { return nil }
    if let wrong = thresholds?.first(where: { !(0...1).contains($0) }) {
      return Mismatch("a threshold is \(wrong)", "Choose thresholds between 0 and 1.")
    }
    if limits.isEmpty { return Mismatch("there is no threshold", "Pass at least one.") }
    if let topK, topK < 1 {
      return Mismatch("topK is \(topK)", "Choose a whole number of at least 1.")
    }
    guard topK != nil || classId != nil || isPerLabel || labelWeights != nil else { return nil }
    guard prediction.rank >= 2, let labels = prediction.shape.last else {
      return Mismatch("predictions have no axis of labels", "Pass predictions [batch, labels].")
    }
    if let classId, !(0..<labels).contains(classId) {
      return Mismatch(
        "there is no class \(classId) among \(labels)", "Choose a classId from 0 to \(labels - 1).")
    }
    return nil
  }
}

/// What `ThresholdCounting` found at one threshold, of one label or of all together.
public struct ThresholdCounts: Sendable {
  /// How often yes was said rightly.
  public let truePositives: Double
  /// How often yes was said wrongly.
  public let falsePositives: Double
  /// How often yes is true.
  public let positives: Double
  /// How often no is true.
  public let negatives: Double

  /// The counts of each label, from the first threshold on.
  static func labels(_ sums: [[Double]]) -> [[ThresholdCounts]] {
    let count = sums[2].count
    return (0..<count).map { label in
      stride(from: label, to: sums[0].count, by: count).map { place in
        ThresholdCounts(
          truePositives: sums[0][place], falsePositives: sums[1][place],
          positives: sums[2][label], negatives: sums[3][label])
      }
    }
  }

  var falseNegatives: Double { positives - truePositives }
  var trueNegatives: Double { negatives - falsePositives }
  var precision: Double { ratio(truePositives, truePositives + falsePositives) }
  var recall: Double { ratio(truePositives, positives) }
  var specificity: Double { ratio(trueNegatives, negatives) }
}

/// A metric of how often yes and no were said rightly and wrongly.
protocol ThresholdMetric: Metric {
  /// What is counted.
  var counting: ThresholdCounting { get }
  /// The figure that the counts of all thresholds stand for.
  func value(_ counts: [ThresholdCounts]) -> Double
}

extension ThresholdMetric {
  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    counting.sums(Self.kind, target: target, prediction: prediction, sampleWeight: sampleWeight)
  }

  public func value(sums: [[Double]]) -> Double { value(ThresholdCounts.labels(sums)[0]) }
}

/// `x / y`, and 0 for nothing of nothing.
func ratio(_ x: Double, _ y: Double) -> Double { y == 0 ? 0 : x / y }

/// `0, 1/(count − 1), …, 1`; one half if there is to be but one.
func evenThresholds(_ count: Int) -> [Double] {
  count < 2 ? [0.5] : (0..<count).map { Double($0) / Double(count - 1) }
}

extension Fields {
  /// Thresholds between 0 and 1 that may be left out.
  func thresholds(_ key: Key) throws -> [Double]? {
    let numbers: [Double]? = try optional(key)
    guard numbers?.allSatisfy({ (0...1).contains($0) }) != false, numbers?.isEmpty != true else {
      throw outOfRange(key, "a list of numbers between 0 and 1")
    }
    return numbers
  }

  /// A threshold between 0 and 1 that may be left out.
  func threshold(_ key: Key) throws -> Double? {
    let number: Double? = try optional(key)
    guard number.map((0...1).contains) != false else { throw outOfRange(key, "between 0 and 1") }
    return number
  }

  /// A whole number that may be left out.
  func optionalNumber(_ key: Key, atLeast least: Int) throws -> Int? {
    let number: Int? = try optional(key)
    guard number.map({ $0 >= least }) != false else {
      throw outOfRange(key, "a whole number of at least \(least)")
    }
    return number
  }
}

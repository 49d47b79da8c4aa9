import Foundation
public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

/// Naive Bayes of counts, such as those of words:
/// `log p(class | x) = log share + Σ x · log((n + alpha) / Σ (n + alpha))`, n being the class's counts.
///
/// - Source: Manning, Raghavan, Schütze 2008, "Introduction to Information Retrieval", 13.2.
public struct MultinomialNB: ClassicalLearner {
  public let name = "multinomial naive Bayes"
  /// What is added to every count, above 0.
  public let alpha: Double

  /// Counts for each class, with `alpha` added to each.
  public init(alpha: Double = 1) { self.alpha = alpha }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check("alpha", alpha, isAllowed: alpha > 0 && alpha.isFinite, "must be above 0")
    let samples = try Samples(data, for: name)
    if let place = samples.features.firstIndex(where: { $0 < 0 }) {
      throw LearnerError.negative(
        learner: name, feature: place % samples.width, sample: place / samples.width)
    }
    let counts = ClassCounts(samples, try data.classAnswers(for: samples))
    let sums = counts.sums { feature, _, _ in feature }
    let width = samples.width
    var kernel = [Double](repeating: 0, count: sums.count)
    for label in counts.labels.indices {
      let row = sums[counts.standIn(for: label) * width..<(counts.standIn(for: label) + 1) * width]
      let total = row.reduce(alpha * Double(width), +)
      for (column, sum) in row.enumerated() {
        kernel[column * counts.labels.count + label] = log((sum + alpha) / total)
      }
    }
    var layers = LearnedLayers()
    try layers.append(
      kernel: kernel, bias: counts.labels.indices.map(counts.logShare), activation: .softmax)
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .probabilities(labels: counts.labels))
  }
}

import Foundation
public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

/// Naive Bayes of features that are there or not: those above `binarize` are. What is missing counts
/// as much as what is there.
///
/// - Source: Manning, Raghavan, Schütze 2008, "Introduction to Information Retrieval", 13.3.
public struct BernoulliNB: ClassicalLearner {
  public let name = "Bernoulli naive Bayes"
  /// What is added to the numbers of samples with and without a feature, above 0.
  public let alpha: Double
  /// Features above are there.
  public let binarize: Double

  /// Shares of samples with each feature, for each class.
  public init(alpha: Double = 1, binarize: Double = 0) {
    self.alpha = alpha
    self.binarize = binarize
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check("alpha", alpha, isAllowed: alpha > 0 && alpha.isFinite, "must be above 0")
    try check("binarize", binarize, isAllowed: binarize.isFinite, "must be finite")
    let samples = try Samples(data, for: name)
    let counts = ClassCounts(samples, try data.classAnswers(for: samples))
    let sums = counts.sums { feature, _, _ in feature > binarize ? 1 : 0 }
    let (width, labels) = (samples.width, counts.labels)
    var kernel = [Double](repeating: 0, count: sums.count)
    var bias: [Double] = []
    for label in labels.indices {
      let known = counts.standIn(for: label)
      bias.append(counts.logShare(label))
      for column in 0..<width {
        let share =
          (sums[known * width + column] + alpha) / (counts.totals[known] + 2 * alpha)
        bias[label] += log(share)
        kernel[column * labels.count + label] = log(1 - share) - log(share)
      }
    }
    // −x ≥ −binarize: one for each feature that is not there.
    var layers = LearnedLayers(layers: [
      Rescaling(-1, name: "negation"), Discretization([-binarize], name: "absence"),
    ])
    try layers.append(kernel: kernel, bias: bias, activation: .softmax)
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .probabilities(labels: labels))
  }
}

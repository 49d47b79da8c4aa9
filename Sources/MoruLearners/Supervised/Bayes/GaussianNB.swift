import Foundation
public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

/// Naive Bayes of features that are normally distributed within each class, independently of each
/// other: `p(class | x) ∝ share · Π N(x; mean, variance)`.
///
/// - Source: Chan, Golub, LeVeque 1983, doi:10.1080/00031305.1983.10483115, and scikit-learn's
///   `GaussianNB`.
public struct GaussianNB: ClassicalLearner {
  public let name = "Gaussian naive Bayes"
  /// What is added to every variance, as a share of the largest of all samples together.
  public let varianceSmoothing: Double

  /// Means and variances for each class.
  public init(varianceSmoothing: Double = 1e-9) { self.varianceSmoothing = varianceSmoothing }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check(
      "varianceSmoothing", varianceSmoothing, isAllowed: varianceSmoothing >= 0,
      "must be at least 0")
    let samples = try Samples(data, for: name)
    let counts = ClassCounts(samples, try data.classAnswers(for: samples))
    let (width, labels) = (samples.width, counts.labels)
    let means = counts.sums { feature, _, _ in feature }.enumerated()
      .map { $1 / max(counts.totals[$0 / width], .leastNormalMagnitude) }
    let smoothing = max(varianceSmoothing * largestVariance(samples), .leastNormalMagnitude)
    let squares = counts.sums { feature, label, column in
      let distance = feature - means[label * width + column]
      return distance * distance
    }
    var (mean, precision, bias) = ([Double](), [Double](), [Double]())
    for label in labels.indices {
      let known = counts.standIn(for: label)
      let row = known * width..<(known + 1) * width
      let variances = row.map { squares[$0] / counts.totals[known] + smoothing }
      mean += means[row]
      precision += variances.map { 1 / $0.squareRoot() }
      bias.append(
        counts.logShare(label) - variances.reduce(0) { $0 + log(2 * Double.pi * $1) } / 2)
    }
    // Only differences count; without the common part they keep their digits in Float32.
    let greatest = bias.max() ?? 0
    var layers = LearnedLayers(
      layers: [GaussianDensities(labels.count, name: "gaussian")],
      weights: [
        "gaussian/mean": try .float32(mean, [labels.count, width]),
        "gaussian/precision": try .float32(precision, [labels.count, width]),
        "gaussian/bias": .float32(bias.map { $0 - greatest }),
      ])
    layers.appendSoftmax()
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .probabilities(labels: labels))
  }

  private func largestVariance(_ samples: Samples) -> Double {
    let ones = [Double](repeating: 1, count: samples.count)
    let means = weightedMeans(samples.features, width: samples.width, weights: ones)
    let squares = samples.features.enumerated().map { place, value in
      (value - means[place % samples.width]) * (value - means[place % samples.width])
    }
    return weightedMeans(squares, width: samples.width, weights: ones).max() ?? 0
  }
}

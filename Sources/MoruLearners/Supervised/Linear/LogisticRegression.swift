import Foundation
public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

/// Logistic regression for two classes, softmax regression for more: makes
/// `Σ weight · −log p(class) + |w|² / 2c` least.
///
/// - Source: Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x.
public struct LogisticRegression: LinearClassifier {
  public let name = "logistic regression"
  /// How little long weights cost, above 0; infinite for no cost at all.
  public let c: Double
  /// Whether there is an intercept, which costs nothing.
  public let fitsIntercept: Bool
  /// Stops when no slope of the mean loss, along features of deviation 1, is larger.
  public let tolerance: Double
  /// Stops after so many steps.
  public let maxIterations: Int

  /// Weights that cost `|w|² / 2c`.
  public init(
    c: Double = 1, fitsIntercept: Bool = true, tolerance: Double = 1e-6,
    maxIterations: Int = 1000
  ) {
    self.c = c
    self.fitsIntercept = fitsIntercept
    self.tolerance = tolerance
    self.maxIterations = maxIterations
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let found = try find(data).classifier
    var layers = LearnedLayers()
    let (kernel, bias) = found.dense(negative: 0)
    try layers.append(kernel: kernel, bias: bias, activation: .softmax)
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .probabilities(labels: found.labels))
  }

  /// The log-odds' weights: of the second of two classes, or of each of more. Two classes' weights
  /// that cost nothing have standard errors and Wald's intervals.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, the samples are not finite numbers, or all
  ///   are of one class.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    let (found, samples) = try find(data)
    guard c.isInfinite else { return found.coefficients(of: data, remark: shrunken) }
    guard found.present.count == 2 else {
      return found.coefficients(
        of: data, remark: "No standard errors: there are more than two classes.")
    }
    let errors = errors(of: found.result, samples)
    return found.coefficients(
      of: data, errors: errors,
      remark: errors == nil
        ? "No standard errors: features are collinear, or tell the classes apart without error."
        : nil)
  }

  private func find(_ data: Dataset) throws -> (classifier: FoundClassifier, samples: Samples) {
    try check("c", c, isAllowed: c > 0, "must be above 0")
    return try find({ $0 == 2 ? .logistic : .softmax }, penalizesIntercept: false, in: data)
  }

  /// Roots of the diagonal of the inverse information `Xᵀ·diag(weight · p · (1 − p))·X`.
  private func errors(
    of result: LinearClassifierFit.Result, _ samples: Samples
  ) -> LinearErrors? {
    guard result.isConverged else { return nil }
    let size = samples.width + (fitsIntercept ? 1 : 0)
    var rows: [Double] = []
    rows.reserveCapacity(samples.count * size)
    for sample in 0..<samples.count {
      let row = samples.features[sample * samples.width..<(sample + 1) * samples.width]
      let odds = zip(row, result.weights).reduce(result.intercepts[0]) { $0 + $1.0 * $1.1 }
      let probability = 1 / (1 + exp(-odds))
      let root = (samples.weights[sample] * probability * (1 - probability)).squareRoot()
      rows += row.map { $0 * root }
      if fitsIntercept { rows.append(root) }
    }
    let information = LinearAlgebra.gram(rows, rows: samples.count, columns: size)
    guard let inverse = LinearAlgebra.inverse(positiveDefinite: information, size: size) else {
      return nil
    }
    let errors = (0..<size).map { inverse[$0 * size + $0].squareRoot() }
    return LinearErrors(
      intercept: fitsIntercept ? errors[size - 1] : nil,
      features: Array(errors.prefix(samples.width)), degreesOfFreedom: nil)
  }
}

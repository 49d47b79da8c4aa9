public import MoruData
public import MoruModels
public import MoruTensors

/// A linear support vector machine, one class against the rest: makes
/// `(|w|² + b²) / 2 + c · Σ weight · max(0, 1 − y · (x·w + b))²` least for each class.
///
/// Its answers are scores, not probabilities.
///
/// - Source: Cortes, Vapnik 1995, doi:10.1007/BF00994018; the squared hinge and the cost of the
///   intercept are LIBLINEAR's, Fan et al. 2008, JMLR 9.
public struct LinearSVC: LinearClassifier {
  public let name = "linear SVC"
  /// How much samples on the wrong side cost, above 0.
  public let c: Double
  /// Whether there is an intercept.
  public let fitsIntercept: Bool
  /// Stops when no slope of the mean loss, along features of deviation 1, is larger.
  public let tolerance: Double
  /// Stops after so many steps.
  public let maxIterations: Int

  /// A machine whose errors cost `c`.
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
    let found = try find(data)
    var layers = LearnedLayers()
    let (kernel, bias) = found.dense(negative: -1)
    try layers.append(kernel: kernel, bias: bias)
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .scores(labels: found.labels))
  }

  /// The scores' weights: of the second of two classes, or of each of more.
  ///
  /// - Throws: `LearnerError` if a setting is out of range, the samples are not finite numbers, or all
  ///   are of one class.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    try find(data).coefficients(of: data, remark: shrunken)
  }

  private func find(_ data: Dataset) throws -> FoundClassifier {
    try check("c", c, isAllowed: c > 0 && c.isFinite, "must be above 0 and finite")
    return try find({ _ in .squaredHinge }, penalizesIntercept: true, in: data).classifier
  }
}

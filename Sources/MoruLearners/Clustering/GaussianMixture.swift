public import MoruTensors

/// Soft clusters: records as drawn from several Gaussians, each with its share, mean and covariance, so
/// that a record belongs to each by a probability.
///
/// Expectation–maximization in Float64, from the groups of a k-means, until the mean logarithm of the
/// records' densities rises by less than `tolerance`. As a learner it makes a model of the
/// probabilities. Neither targets nor weights of samples are looked at.
///
/// - Source: Dempster, Laird, Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x.
public struct GaussianMixture: Sendable, Equatable {
  /// What covariances may be.
  public enum Covariance: String, Sendable, CaseIterable {
    /// Each Gaussian's own matrix.
    case full
    /// One matrix for all.
    case tied
    /// Each Gaussian's own variance of each feature.
    case diagonal
    /// Each Gaussian's own variance, the same of all features.
    case spherical
  }

  /// Number of Gaussians, at least 1.
  public let components: Int
  /// What their covariances may be.
  public let covariance: Covariance
  /// How many searches are made, of which the one of greatest density counts, at least 1.
  public let starts: Int
  /// After how many rounds a search ends in any case, at least 1.
  public let maximumIterations: Int
  /// A search ends when the mean logarithm of the densities changes by less.
  public let tolerance: Double
  /// What is added to each variance so that it is not 0, at least 0, in the square of the features' unit.
  public let regularization: Double

  public var name: String { "Gaussian mixture" }

  /// A mixture of so many Gaussians.
  public init(
    _ components: Int, covariance: Covariance = .full, starts: Int = 1,
    maximumIterations: Int = 100, tolerance: Double = 1e-3, regularization: Double = 1e-6
  ) {
    self.components = components
    self.covariance = covariance
    self.starts = starts
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.regularization = regularization
  }

  /// Finds the mixture that points are likeliest to come from.
  ///
  /// - Parameters:
  ///   - points: `[records, …]`, finite.
  ///   - seed: Decides where the searches start.
  /// - Throws: `LearnerError`, for a setting out of range, fewer records than Gaussians, numbers that
  ///   are not finite and covariances that have no inverse.
  public func mixture(of points: HostTensor, seed: Seed = 0) throws -> Mixture {
    let records = try checked(points)
    var best: Mixture?
    for start in 0..<starts {
      let groups = try KMeans(components).cluster(points, seed: seed.child(start)).labels
      let found = try search(records, from: groups)
      if found.meanLogDensity > best?.meanLogDensity ?? -.infinity { best = found }
    }
    guard let best else { throw LearnerError.overflow(learner: name) }
    return best
  }

  /// The mixture that is found from given groups of the records: for tests.
  package func mixture(of points: HostTensor, from groups: [Int]) throws -> Mixture {
    try search(checked(points), from: groups)
  }

  private func search(_ records: Records<Double>, from groups: [Int]) throws -> Mixture {
    let memberships = Buffer(repeating: 0.0, count: records.count * components)
    for (record, group) in groups.enumerated() { memberships[record * components + group] = 1 }
    var estimate = try maximize(records, memberships)
    var (level, iterations, isConverged) = (-Double.infinity, 0, false)
    while iterations < maximumIterations, !isConverged {
      iterations += 1
      let next = estimate.expect(records, into: memberships).mean
      estimate = try maximize(records, memberships)
      isConverged = abs(next - level) < tolerance
      level = next
    }
    return Mixture(
      covariance: covariance, estimate: estimate, meanLogDensity: level, iterations: iterations,
      isConverged: isConverged)
  }

  private func maximize(
    _ records: Records<Double>, _ memberships: Buffer<Double>
  ) throws -> MixtureEstimate {
    let found = MixtureEstimate(
      records, memberships, components: components, covariance: covariance,
      regularization: regularization)
    guard let found else {
      throw refusal(
        "regularization",
        "is \(regularization), which leaves a covariance without an inverse. Raise it, ask for fewer "
          + "components, or scale the features")
    }
    return found
  }

  private func checked(_ points: HostTensor) throws -> Records<Double> {
    let records = try Records<Double>(points, learner: name)
    try check("components", components, atLeast: 1)
    guard components <= records.count else {
      throw refusal(
        "components", "is \(components), but there are \(records.count) records; ask for fewer")
    }
    try check("starts", starts, atLeast: 1)
    try check("maximumIterations", maximumIterations, atLeast: 1)
    try check("tolerance", tolerance, isAllowed: tolerance >= 0, "must be at least 0")
    try check(
      "regularization", regularization, isAllowed: regularization >= 0, "must be at least 0")
    return records
  }
}

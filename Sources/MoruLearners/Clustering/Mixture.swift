import Foundation
public import MoruTensors

/// Gaussians that records may be drawn from, as `GaussianMixture` finds them.
public struct Mixture: Sendable, Equatable {
  /// What the covariances may be.
  public let covariance: GaussianMixture.Covariance
  /// The mean logarithm of the densities of the records that it was found from, before the last round.
  public let meanLogDensity: Double
  /// Number of rounds.
  public let iterations: Int
  /// Whether the search ended by itself rather than for the number of rounds.
  public let isConverged: Bool
  let estimate: MixtureEstimate

  init(
    covariance: GaussianMixture.Covariance, estimate: MixtureEstimate, meanLogDensity: Double,
    iterations: Int, isConverged: Bool
  ) {
    self.covariance = covariance
    self.estimate = estimate
    self.meanLogDensity = meanLogDensity
    self.iterations = iterations
    self.isConverged = isConverged
  }

  /// The share of each Gaussian, which add up to 1.
  public var weights: [Double] { estimate.weights }

  /// The mean of each Gaussian. `[components, features]`, Float64.
  public var means: HostTensor { get throws { try HostTensor(estimate.means) } }

  /// The covariances: `[components, features, features]` if full, `[features, features]` if tied,
  /// `[components, features]` if diagonal, `[components]` if spherical; Float64.
  public var covariances: HostTensor {
    get throws {
      let features = estimate.features
      let shape: Shape =
        switch covariance {
        case .full: [weights.count, features, features]
        case .tied: [features, features]
        case .diagonal: [weights.count, features]
        case .spherical: [weights.count]
        }
      return try HostTensor(estimate.covariances.flatMap { $0 }, shape: shape)
    }
  }

  /// The probability of each Gaussian for each record. `[records, components]`, Float64.
  ///
  /// - Throws: `LearnerError` if the records have other features, or numbers that are not finite.
  public func probabilities(of points: HostTensor) throws -> HostTensor {
    let found = try expectation(points)
    return try HostTensor(
      found.memberships.array, shape: [found.densities.count, weights.count])
  }

  /// The likeliest Gaussian of each record, the first of equally likely ones.
  ///
  /// - Throws: `LearnerError` if the records have other features, or numbers that are not finite.
  public func labels(of points: HostTensor) throws -> [Int] {
    let found = try expectation(points)
    let width = weights.count
    return (0..<found.densities.count).map { record in
      (0..<width).reduce(0) {
        found.memberships[record * width + $1] > found.memberships[record * width + $0] ? $1 : $0
      }
    }
  }

  /// The natural logarithm of each record's density.
  ///
  /// - Throws: `LearnerError` if the records have other features, or numbers that are not finite.
  public func logDensities(of points: HostTensor) throws -> [Double] {
    try expectation(points).densities
  }

  /// How many numbers can be chosen freely.
  public var parameterCount: Int {
    let (count, features) = (weights.count, estimate.features)
    let free =
      switch covariance {
      case .full: count * features * (features + 1) / 2
      case .tied: features * (features + 1) / 2
      case .diagonal: count * features
      case .spherical: count
      }
    return free + count * features + count - 1
  }

  /// Bayes's information criterion, `parameters · ln records − 2 · Σ ln density`: the less, the better.
  ///
  /// - Source: Schwarz 1978, doi:10.1214/aos/1176344136.
  /// - Throws: `LearnerError` if the records have other features, or numbers that are not finite.
  public func bayesInformation(of points: HostTensor) throws -> Double {
    let densities = try logDensities(of: points)
    return Double(parameterCount) * log(Double(densities.count)) - 2 * densities.reduce(0, +)
  }

  /// Akaike's information criterion, `2 · parameters − 2 · Σ ln density`: the less, the better.
  ///
  /// - Source: Akaike 1974, doi:10.1109/TAC.1974.1100705.
  /// - Throws: `LearnerError` if the records have other features, or numbers that are not finite.
  public func akaikeInformation(of points: HostTensor) throws -> Double {
    2 * Double(parameterCount) - 2 * (try logDensities(of: points)).reduce(0, +)
  }

  private func expectation(
    _ points: HostTensor
  ) throws -> (memberships: Buffer<Double>, densities: [Double]) {
    let records = try Records<Double>(points, learner: "Gaussian mixture")
    guard records.features == estimate.features else {
      throw LearnerError.setting(
        learner: "Gaussian mixture", name: "points",
        problem: "have \(records.features) features, not \(estimate.features)")
    }
    let memberships = Buffer(repeating: 0.0, count: records.count * weights.count)
    let densities = estimate.expect(records, into: memberships).densities
    return (memberships, densities.array)
  }
}

public import MoruTensors

/// Describes points by the few directions in which they differ most.
///
/// As a learner it makes a model whose outputs are the projections. Neither targets nor weights of
/// samples are looked at.
///
/// - Source: Pearson 1901, doi:10.1080/14786440109462720.
public struct PCA: Sendable, Equatable {
  /// How many components there are.
  public enum Components: Sendable, Equatable, ExpressibleByIntegerLiteral {
    /// As many as there can be: the number of points or of features, whichever is less.
    case all
    /// So many.
    case count(Int)
    /// As few as together have more than this share of the variance, above 0 and below 1.
    case share(Double)

    public init(integerLiteral value: Int) { self = .count(value) }
  }

  /// How components are found.
  public enum Solver: Sendable, Equatable {
    /// From products where points or features outnumber the other by ten or more, and these are 2000
    /// at most; randomized where more than 1000 of both are described by less than a tenth as many
    /// components; otherwise full.
    case automatic
    /// By the singular values of the centred points.
    case full
    /// By the eigenvalues of `XᵀX`, or of `XXᵀ` if there are fewer points than features: faster, and
    /// blind to variances below about 10⁻¹⁶ of the greatest in Float64, 10⁻⁷ in Float32.
    case covariance
    /// By what is left of the points on some directions at random: near the truth where variances fall
    /// off (Halko, Martinsson, Tropp 2009, arXiv:0909.4061).
    case randomized
  }

  /// How many components there are.
  public let components: Components
  /// Whether projections are divided by their standard deviations.
  public let whiten: Bool
  /// How components are found.
  public let solver: Solver

  public var name: String { "PCA" }

  /// Principal components.
  public init(_ components: Components = .all, whiten: Bool = false, solver: Solver = .automatic) {
    self.components = components
    self.whiten = whiten
    self.solver = solver
  }

  /// Finds the components of points.
  ///
  /// - Parameters:
  ///   - points: `[points, …]`, at least two, finite; Float64 is computed in Float64, everything else in
  ///     Float32 where that is enough.
  ///   - seed: Decides the directions at random.
  /// - Throws: `LearnerError`, for a setting out of range, one point alone and numbers that are not
  ///   finite.
  public func components(of points: HostTensor, seed: Seed = 0) throws -> PrincipalComponents {
    points.dtype == .float64
      ? try analyse(Records<Double>(points, learner: name), seed: seed)
      : try analyse(Records<Float>(points, learner: name), seed: seed)
  }

  private func analyse<Element>(
    _ records: Records<Element>, seed: Seed
  ) throws -> PrincipalComponents {
    let most = min(records.count, records.features)
    try check(records.count, most: most)
    // All are looked at if a share decides how many are kept.
    let count = if case .count(let count) = components { count } else { most }
    let mean = records.means
    let decomposition = CenteredRecords(records: records, mean: mean)
    let found =
      switch chosenSolver(for: records, count: count) {
      case .covariance: decomposition.byProducts(count)
      case .randomized: decomposition.randomized(count, seed: seed)
      case .full, .automatic: decomposition.full()
      }
    guard let found, found.squaredLengths.allSatisfy(\.isFinite), found.total.isFinite else {
      throw LearnerError.overflow(learner: name)
    }
    let freedom = Double(records.count - 1)
    let variances = found.squaredLengths.map { max($0, 0) / freedom }
    let total = found.total / freedom
    let kept = min(kept(variances, total: total), found.squaredLengths.count)
    return PrincipalComponents(
      mean: mean,
      components: (0..<kept).map { place in
        turned(found.directions[place * records.features..<(place + 1) * records.features])
      },
      variances: Array(variances.prefix(kept)), totalVariance: total, isWhitened: whiten)
  }

  private func chosenSolver<Element>(for records: Records<Element>, count: Int) -> Solver {
    guard solver == .automatic else { return solver }
    let (least, most) = (
      min(records.count, records.features), max(records.count, records.features)
    )
    if most >= 10 * least, least <= 2000 { return .covariance }
    return least > 1000 && 10 * count < least ? .randomized : .full
  }

  private func kept(_ variances: [Double], total: Double) -> Int {
    switch components {
    case .all: return variances.count
    case .count(let count): return count
    case .share(let share):
      var sum = 0.0
      for (place, variance) in variances.enumerated() {
        sum += variance
        if sum > share * total { return place + 1 }
      }
      return variances.count
    }
  }

  /// The direction, or its opposite, whose element of greatest size is positive.
  private func turned(_ direction: ArraySlice<Double>) -> [Double] {
    let greatest = direction.max { abs($0) < abs($1) } ?? 0
    return greatest < 0 ? direction.map { -$0 } : Array(direction)
  }

  private func check(_ count: Int, most: Int) throws {
    guard count > 1 else { throw refusal("points", "must be at least two") }
    switch components {
    case .all: break
    case .count(let count):
      guard (1...most).contains(count) else {
        throw refusal(
          "components",
          "is \(count), but must be from 1 to the number of points or features, \(most)")
      }
    case .share(let share):
      guard share > 0, share < 1 else {
        throw refusal("components", "must be a share above 0 and below 1")
      }
    }
  }
}

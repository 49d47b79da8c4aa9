import MoruLearners
public import MoruTensors

/// How far two sets of samples are apart by the means and covariances of their features:
/// `‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½)`.
///
/// With the features of Inception v3 that is the Fréchet Inception Distance. With those of another
/// network numbers compare among themselves only.
///
/// - Source: Heusel et al. 2017, arXiv:1706.08500.
public struct FrechetDistance: Sendable, Equatable {
  /// The squared distance of the means.
  public let means: Double
  /// What the covariances add.
  public let covariances: Double
  /// The whole, at least 0 but for rounding, in squared units of the features.
  public var value: Double { means + covariances }

  /// The distance of two sets of features.
  ///
  /// - Parameters:
  ///   - first: `[samples, features]`, at least two samples.
  ///   - second: As many features.
  /// - Throws: `GenerativeError.featureRows` for other shapes, and for features that are not finite.
  public init(_ first: HostTensor, _ second: HostTensor) throws {
    guard first.shape.rank == 2, second.shape.rank == 2, first.shape[1] == second.shape[1],
      first.shape[0] >= 2, second.shape[0] >= 2, first.shape[1] >= 1
    else {
      throw GenerativeError.featureRows(
        "Features have shapes \(first.shape) and \(second.shape); they need at least two rows each, "
          + "as wide as the other's.")
    }
    let (one, other) = (try Moments(first), try Moments(second))
    let size = first.shape[1]
    means = zip(one.mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    // (Σ₁ Σ₂)^½ has the trace of (Σ₁^½ Σ₂ Σ₁^½)^½, which is a root of a symmetric matrix.
    guard let root = Self.root(one.covariance, size: size) else { throw Self.notFinite }
    let product = LinearAlgebra.product(
      LinearAlgebra.product(root, other.covariance, rows: size, inner: size, columns: size), root,
      rows: size, inner: size, columns: size)
    guard let spectrum = LinearAlgebra.symmetricEigen(product, size: size) else {
      throw Self.notFinite
    }
    let trace = spectrum.values.reduce(0) { $0 + max($1, 0).squareRoot() }
    func diagonal(_ matrix: [Double]) -> Double {
      (0..<size).reduce(0) { $0 + matrix[$1 * (size + 1)] }
    }
    covariances = diagonal(one.covariance) + diagonal(other.covariance) - 2 * trace
  }

  private static let notFinite = GenerativeError.featureRows("Features are not finite.")

  /// The symmetric root of a covariance.
  private static func root(_ matrix: [Double], size: Int) -> [Double]? {
    guard let (values, vectors) = LinearAlgebra.symmetricEigen(matrix, size: size) else {
      return nil
    }
    // Eigenvectors are columns: each is scaled by the fourth root, so that the square is the root.
    let scaled = (0..<size * size).map {
      vectors[$0] * max(values[$0 % size], 0).squareRoot().squareRoot()
    }
    return LinearAlgebra.product(
      scaled, transposed: scaled, rows: size, inner: size, columns: size)
  }

  /// Mean and (unbiased) covariance of some rows.
  private struct Moments {
    let mean: [Double]
    let covariance: [Double]

    init(_ features: HostTensor) throws {
      let (rows, columns) = (features.shape[0], features.shape[1])
      var values = try features.converted(to: .float64).array(of: Double.self)
      guard values.allSatisfy(\.isFinite) else { throw FrechetDistance.notFinite }
      var mean = [Double](repeating: 0, count: columns)
      for (place, value) in values.enumerated() { mean[place % columns] += value }
      for column in 0..<columns { mean[column] /= Double(rows) }
      for place in values.indices { values[place] -= mean[place % columns] }
      self.mean = mean
      covariance = LinearAlgebra.gram(values, rows: rows, columns: columns)
        .map { $0 / Double(rows - 1) }
    }
  }
}

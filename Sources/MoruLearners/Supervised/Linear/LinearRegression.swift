public import MoruData

/// Ordinary least squares: the weights and the intercept that make the sum of
/// `weight · (y − x·w − b)²` over the samples least; of several that do, the shortest weights.
///
/// - Source: Legendre 1805; scikit-learn's `LinearRegression` answers the same.
public struct LinearRegression: LinearRegressor {
  public let name = "linear regression"
  /// Whether there is an intercept.
  public let fitsIntercept: Bool

  /// Least squares.
  public init(fitsIntercept: Bool = true) { self.fitsIntercept = fitsIntercept }

  /// The weights, with standard errors and intervals by Student's distribution where features are
  /// not collinear and there are more samples than weights.
  ///
  /// - Throws: `LearnerError` if the samples are not finite numbers.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    let design = try LeastSquaresDesign(data, for: name, fitsIntercept: fitsIntercept)
    let solution = design.leastSquares()
    let errors = errors(of: design, solution.kernel, rank: solution.rank)
    return design.coefficients(
      solution.kernel, of: data, errors: errors,
      remark: errors == nil
        ? "No standard errors: features are collinear, or there are too few samples." : nil)
  }

  private func errors(
    of design: LeastSquaresDesign, _ kernel: [Double], rank: Int
  ) -> [LinearErrors]? {
    let (samples, width) = (design.samples, design.answers.width)
    let counting = samples.weights.count { $0 > 0 }
    let freedom = counting - samples.width - (fitsIntercept ? 1 : 0)
    let gram = LinearAlgebra.gram(design.features, rows: samples.count, columns: samples.width)
    guard freedom > 0, rank == samples.width,
      let inverse = LinearAlgebra.inverse(positiveDefinite: gram, size: samples.width)
    else { return nil }
    let fitted = LinearAlgebra.product(
      design.features, kernel, rows: samples.count, inner: samples.width, columns: width)
    let means = design.featureMeans
    let spread = LinearAlgebra.product(
      means,
      LinearAlgebra.product(
        inverse, means, rows: samples.width, inner: samples.width, columns: 1),
      rows: 1, inner: samples.width, columns: 1)[0]
    return (0..<width).map { output in
      let squares = stride(from: output, to: fitted.count, by: width).reduce(0.0) {
        let residual = design.values[$1] - fitted[$1]
        return $0 + residual * residual
      }
      let variance = squares / Double(freedom)
      return LinearErrors(
        intercept: fitsIntercept
          ? (variance * (1 / samples.totalWeight + spread)).squareRoot() : nil,
        features: (0..<samples.width).map {
          (variance * inverse[$0 * samples.width + $0]).squareRoot()
        }, degreesOfFreedom: freedom)
    }
  }
}

extension LeastSquaresDesign {
  /// The shortest weights `[features, outputs]` of the least squares, and the features' rank.
  func leastSquares() -> (kernel: [Double], rank: Int) {
    LinearAlgebra.leastSquares(
      features, values, rows: samples.count, columns: samples.width, sides: answers.width
    ).map { ($0.solution, $0.rank) }
      // LAPACK gives up on numbers near the greatest only; no feature explains anything then.
      ?? ([Double](repeating: 0, count: samples.width * answers.width), 0)
  }
}

public import MoruData
import MoruModels

/// Least squares with short weights: makes `Σ weight · (y − x·w − b)² + alpha · |w|²` least.
///
/// - Source: Hoerl, Kennard 1970, doi:10.1080/00401706.1970.10488634.
public struct Ridge: LinearRegressor {
  public let name = "ridge regression"
  /// How much long weights cost, at least 0.
  public let alpha: Double
  /// Whether there is an intercept, which costs nothing.
  public let fitsIntercept: Bool

  /// Least squares with a cost of `alpha` on the squared length of the weights.
  public init(alpha: Double = 1, fitsIntercept: Bool = true) {
    self.alpha = alpha
    self.fitsIntercept = fitsIntercept
  }

  /// The weights, without standard errors: they are drawn to 0, so that intervals about them would
  /// promise too much.
  ///
  /// - Throws: `LearnerError` if a setting is out of range or the samples are not finite numbers.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    try check("alpha", alpha, isAllowed: alpha >= 0, "must be at least 0")
    let design = try LeastSquaresDesign(data, for: name, fitsIntercept: fitsIntercept)
    let kernel = (alpha == 0 ? nil : solved(design)) ?? design.leastSquares().kernel
    return design.coefficients(kernel, of: data, remark: shrunken)
  }

  private func solved(_ design: LeastSquaresDesign) -> [Double]? {
    let (count, width) = (design.samples.count, design.samples.width)
    let outputs = design.answers.width
    if width <= count {
      var gram = LinearAlgebra.gram(design.features, rows: count, columns: width)
      for place in 0..<width { gram[place * width + place] += alpha }
      let right = LinearAlgebra.product(
        transposed: design.features, design.values, rows: width, inner: count, columns: outputs)
      return LinearAlgebra.solvePositiveDefinite(gram, right, size: width, columns: outputs)
    }
    // With more features than samples, the weights are sums of samples: w = Xᵀ (X·Xᵀ + alpha)⁻¹ y.
    var kernel = LinearAlgebra.product(
      design.features, transposed: design.features, rows: count, inner: width, columns: count)
    for place in 0..<count { kernel[place * count + place] += alpha }
    let shares = LinearAlgebra.solvePositiveDefinite(
      kernel, design.values, size: count, columns: outputs)
    return shares.map {
      LinearAlgebra.product(
        transposed: design.features, $0, rows: width, inner: count, columns: outputs)
    }
  }
}

/// Why penalized weights have no standard errors.
let shrunken = "No standard errors: the weights are drawn to 0 by a penalty."

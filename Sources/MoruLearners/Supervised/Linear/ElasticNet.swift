public import MoruData

/// Least squares with few and short weights: makes `Σ weight · (y − x·w − b)² / 2W +
/// alpha · l1Ratio · |w|₁ + alpha · (1 − l1Ratio) / 2 · |w|²` least, where W is the sum of the
/// samples' weights.
///
/// - Source: Zou, Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x; by coordinate descent, Friedman,
///   Hastie, Tibshirani 2010, doi:10.18637/jss.v033.i01.
public struct ElasticNet: LinearRegressor {
  public let name: String
  /// How much weights cost, at least 0.
  public let alpha: Double
  /// The share of the cost that counts sizes rather than squares, from 0 to 1.
  public let l1Ratio: Double
  /// Whether there is an intercept, which costs nothing.
  public let fitsIntercept: Bool
  /// Stops when the answer is provably nearer to the best than this share of the answers' squares.
  public let tolerance: Double
  /// Stops after so many rounds over the features.
  public let maxIterations: Int

  /// Least squares with a cost of `alpha` on the weights.
  public init(
    alpha: Double = 1, l1Ratio: Double = 0.5, fitsIntercept: Bool = true,
    tolerance: Double = 1e-4, maxIterations: Int = 1000
  ) {
    self.init(
      "elastic net", alpha: alpha, l1Ratio: l1Ratio, fitsIntercept: fitsIntercept,
      tolerance: tolerance, maxIterations: maxIterations)
  }

  fileprivate init(
    _ name: String, alpha: Double, l1Ratio: Double, fitsIntercept: Bool, tolerance: Double,
    maxIterations: Int
  ) {
    self.name = name
    self.alpha = alpha
    self.l1Ratio = l1Ratio
    self.fitsIntercept = fitsIntercept
    self.tolerance = tolerance
    self.maxIterations = maxIterations
  }

  /// The weights, many of which are 0; without standard errors.
  ///
  /// - Throws: `LearnerError` if a setting is out of range or the samples are not finite numbers.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    try check("alpha", alpha, isAllowed: alpha >= 0, "must be at least 0")
    try check("l1Ratio", l1Ratio, isAllowed: (0...1).contains(l1Ratio), "must be from 0 to 1")
    let design = try LeastSquaresDesign(data, for: name, fitsIntercept: fitsIntercept)
    let (count, width) = (design.samples.count, design.samples.width)
    let total = design.samples.totalWeight
    let columns = (0..<width).map { column in
      stride(from: column, to: count * width, by: width).map { design.features[$0] }
    }
    let outputs = design.answers.width
    var kernel = [Double](repeating: 0, count: width * outputs)
    for output in 0..<outputs {
      let values = stride(from: output, to: count * outputs, by: outputs).map { design.values[$0] }
      var descent = CoordinateDescent(
        columns: columns, values: values, sizeCost: alpha * l1Ratio * total,
        squareCost: alpha * (1 - l1Ratio) * total)
      descent.run(tolerance: tolerance, maxIterations: maxIterations)
      for feature in 0..<width { kernel[feature * outputs + output] = descent.weights[feature] }
    }
    return design.coefficients(kernel, of: data, remark: shrunken)
  }
}

/// Least squares with few weights: an elastic net whose `l1Ratio` is 1.
///
/// - Source: Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x.
public struct Lasso: LinearRegressor {
  public let name = "lasso"
  private let net: ElasticNet

  /// Least squares with a cost of `alpha` on the sizes of the weights.
  public init(
    alpha: Double = 1, fitsIntercept: Bool = true, tolerance: Double = 1e-4,
    maxIterations: Int = 1000
  ) {
    net = ElasticNet(
      name, alpha: alpha, l1Ratio: 1, fitsIntercept: fitsIntercept, tolerance: tolerance,
      maxIterations: maxIterations)
  }

  /// The weights, many of which are 0; without standard errors.
  ///
  /// - Throws: `LearnerError` if a setting is out of range or the samples are not finite numbers.
  public func coefficients(of data: Dataset) throws -> LinearCoefficients {
    try net.coefficients(of: data)
  }
}

/// Weights that make `|y − X·w|²/2 + sizeCost · |w|₁ + squareCost/2 · |w|²` least, one at a time.
private struct CoordinateDescent {
  let columns: [[Double]]
  let values: [Double]
  let sizeCost: Double
  let squareCost: Double
  private(set) var weights: [Double]
  private var residuals: [Double]

  init(columns: [[Double]], values: [Double], sizeCost: Double, squareCost: Double) {
    self.columns = columns
    self.values = values
    self.sizeCost = sizeCost
    self.squareCost = squareCost
    weights = [Double](repeating: 0, count: columns.count)
    residuals = values
  }

  mutating func run(tolerance: Double, maxIterations: Int) {
    let squares = columns.map { dot($0, $0) }
    let allowed = tolerance * dot(values, values)
    for _ in 0..<maxIterations {
      var greatestChange = 0.0
      for (feature, column) in columns.enumerated() where squares[feature] > 0 {
        let old = weights[feature]
        let pull = dot(column, residuals) + old * squares[feature]
        let size = max(abs(pull) - sizeCost, 0) / (squares[feature] + squareCost)
        weights[feature] = pull < 0 ? -size : size
        let change = old - weights[feature]
        guard change != 0 else { continue }
        greatestChange = max(greatestChange, abs(change))
        for row in residuals.indices { residuals[row] += change * column[row] }
      }
      // Without a cost of sizes the gap does not close; then standing still is the end.
      let greatest = weights.reduce(0) { max($0, abs($1)) }
      if greatestChange <= Double.ulpOfOne * greatest || dualityGap <= allowed { return }
    }
  }

  /// How much lower the least value can be at most.
  private var dualityGap: Double {
    let steepest = zip(columns, weights).reduce(0) {
      max($0, abs(dot($1.0, residuals) - squareCost * $1.1))
    }
    let scale = steepest > sizeCost ? sizeCost / steepest : 1
    let error = dot(residuals, residuals)
    let length = dot(weights, weights)
    let size = weights.reduce(0) { $0 + abs($1) }
    return 0.5 * error * (1 + scale * scale) + sizeCost * size
      - scale * dot(residuals, values) + 0.5 * squareCost * (1 + scale * scale) * length
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for place in a.indices { sum += a[place] * b[place] }
    return sum
  }
}

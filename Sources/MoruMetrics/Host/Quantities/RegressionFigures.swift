import Foundation

/// Every figure of how far predicted quantities lie from the true ones; `RegressionReport` gives the
/// usual ones with intervals.
public struct RegressionFigures: Sendable, Equatable {
  let truth: [Double]
  let predicted: [Double]
  let weights: [Double]?

  /// Pairs quantities.
  ///
  /// - Parameter truth: The true values, all in one unit.
  /// - Parameter predicted: The model's values, in the same unit.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, lengths or weights do not fit, or a value is not
  ///   finite.
  public init(
    truth: [Double], predicted: [Double], weights: [Double]? = nil
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: predicted.count, weights: weights)
    try Checks.finite(truth, side: .truth)
    try Checks.finite(predicted, side: .predicted)
    self.truth = truth
    self.predicted = predicted
    self.weights = weights
  }

  /// `Σ w·(ŷ − y) / Σ w`, in the target's unit: above 0 the model guesses too high.
  public var bias: Double { mean { $1 - $0 } }
  /// `Σ w·|ŷ − y| / Σ w`, in the target's unit.
  public var meanAbsoluteError: Double { mean { abs($1 - $0) } }
  /// `Σ w·(ŷ − y)² / Σ w`, in the square of the target's unit.
  public var meanSquaredError: Double { mean { ($1 - $0) * ($1 - $0) } }
  /// The root of that, in the target's unit.
  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }
  /// `max |ŷ − y|`, in the target's unit, whatever the weights.
  public var maxError: Double { zip(truth, predicted).reduce(0) { max($0, abs($1.1 - $1.0)) } }
  /// The median of `|ŷ − y|`, in the target's unit.
  public var medianAbsoluteError: Double {
    quantile(0.5, of: zip(truth, predicted).map { abs($1 - $0) })
  }
  /// `Σ w·|ŷ − y| / max(|y|, 2⁻⁵²) / Σ w`, a share; huge where a true value is 0.
  public var meanAbsolutePercentageError: Double {
    mean { abs($1 - $0) / max(abs($0), .ulpOfOne) }
  }

  /// `Σ w·(log(1 + ŷ) − log(1 + y))² / Σ w`
  ///
  /// - Throws: `outsideDomain` for a value of −1 or less.
  public func meanSquaredLogarithmicError() throws(MetricsError) -> Double {
    try demand("values above −1", truth: { $0 > -1 }, predicted: { $0 > -1 })
    return mean { truth, predicted in
      let distance = log1p(predicted) - log1p(truth)
      return distance * distance
    }
  }

  /// `1 − Σ w·(ŷ − y)² / Σ w·(y − ȳ)²`: 1 is perfect, 0 is no better than the mean. Nil where the true
  /// values do not vary.
  public var r2: Double? { explained(meanSquaredError, of: variance(truth)) }

  /// `1 − Var(ŷ − y) / Var(y)`: as R², but a constant error costs nothing. Nil where the true values do
  /// not vary.
  public var explainedVariance: Double? {
    explained(variance(zip(truth, predicted).map { $0 - $1 }), of: variance(truth))
  }

  /// `Σ w·max(α·(y − ŷ), (α − 1)·(y − ŷ)) / Σ w`, in the target's unit: what a forecast of the quantile α
  /// makes least.
  ///
  /// - Parameter alpha: Which quantile is forecast, 0…1.
  /// - Throws: `badSetting` for another.
  /// - Source: Koenker & Bassett 1978, doi:10.2307/1913643.
  public func pinballLoss(alpha: Double = 0.5) throws(MetricsError) -> Double {
    try Self.check(alpha)
    return pinball(alpha)
  }

  /// `1 − pinball loss / that of the true values' own quantile`. Nil where they do not vary, or for a
  /// single sample.
  ///
  /// - Throws: `badSetting` for an `alpha` outside 0…1.
  /// - Source: Koenker & Machado 1999, doi:10.1080/01621459.1999.10473882.
  public func d2Pinball(alpha: Double = 0.5) throws(MetricsError) -> Double? {
    try Self.check(alpha)
    guard truth.count > 1 else { return nil }
    let answer = quantile(alpha, of: truth)
    return explained(pinball(alpha), of: against(answer).pinball(alpha))
  }

  /// `1 − mean absolute error / that of the true values' median`. Nil where they do not vary.
  public var d2AbsoluteError: Double? {
    guard truth.count > 1 else { return nil }
    return explained(
      meanAbsoluteError, of: against(quantile(0.5, of: truth)).meanAbsoluteError)
  }

  /// The mean deviance of the Tweedie family: power 0 is the squared error, 1 Poisson's for counts, 2
  /// Gamma's for amounts above 0.
  ///
  /// - Parameter power: Any but those between 0 and 1.
  /// - Throws: `badSetting` for another power; `outsideDomain` for values that the family does not have.
  /// - Source: Jørgensen 1987, doi:10.1111/j.2517-6161.1987.tb01685.x.
  public func tweedieDeviance(power: Double = 0) throws(MetricsError) -> Double {
    guard power <= 0 || power >= 1, power.isFinite else {
      throw .badSetting(name: "power", value: power, allowed: "at most 0 or at least 1")
    }
    if power < 0 {
      try demand("predictions above 0", truth: { _ in true }, predicted: { $0 > 0 })
    } else if power >= 2 {
      try demand("values above 0", truth: { $0 > 0 }, predicted: { $0 > 0 })
    } else if power >= 1 {
      try demand(
        "true values of at least 0, predictions above 0", truth: { $0 >= 0 },
        predicted: { $0 > 0 })
    }
    return mean { Self.deviance($0, $1, power) }
  }

  /// `1 − deviance / that of the true values' mean`. Nil where they do not vary, or for a single sample.
  ///
  /// - Throws: As ``tweedieDeviance(power:)``.
  public func d2Tweedie(power: Double = 0) throws(MetricsError) -> Double? {
    let own = try tweedieDeviance(power: power)
    // The mean of equal values may be off by its rounding, which must not pass for variation.
    guard variance(truth) > 0 else { return nil }
    return explained(own, of: try against(mean { truth, _ in truth }).tweedieDeviance(power: power))
  }

  private static func deviance(_ y: Double, _ guess: Double, _ p: Double) -> Double {
    switch p {
    case 0: return (y - guess) * (y - guess)
    case 1: return 2 * ((y == 0 ? 0 : y * log(y / guess)) - y + guess)
    case 2: return 2 * (log(guess / y) + y / guess - 1)
    default:
      let base = p < 0 ? max(y, 0) : y
      return 2
        * (pow(base, 2 - p) / ((1 - p) * (2 - p)) - y * pow(guess, 1 - p) / (1 - p)
          + pow(guess, 2 - p) / (2 - p))
    }
  }

  private static func check(_ alpha: Double) throws(MetricsError) {
    guard (0...1).contains(alpha) else {
      throw .badSetting(name: "alpha", value: alpha, allowed: "a number between 0 and 1")
    }
  }

  private func pinball(_ alpha: Double) -> Double {
    mean { max(alpha * ($0 - $1), (alpha - 1) * ($0 - $1)) }
  }

  /// The same truth against one answer for every sample.
  private func against(_ answer: Double) -> RegressionFigures {
    RegressionFigures(truth, [Double](repeating: answer, count: truth.count), weights)
  }

  private init(_ truth: [Double], _ predicted: [Double], _ weights: [Double]?) {
    self.truth = truth
    self.predicted = predicted
    self.weights = weights
  }

  private func demand(
    _ allowed: String, truth isTruth: (Double) -> Bool, predicted isPredicted: (Double) -> Bool
  ) throws(MetricsError) {
    if let place = truth.firstIndex(where: { !isTruth($0) }) {
      throw .outsideDomain(side: .truth, position: place, value: truth[place], allowed: allowed)
    }
    if let place = predicted.firstIndex(where: { !isPredicted($0) }) {
      throw .outsideDomain(
        side: .predicted, position: place, value: predicted[place], allowed: allowed)
    }
  }

  @inline(__always)
  private func mean(_ value: (Double, Double) -> Double) -> Double {
    truth.withUnsafeBufferPointer { truth in
      predicted.withUnsafeBufferPointer { predicted in
        if let weights {
          var (sum, total) = (0.0, 0.0)
          for place in truth.indices {
            sum += weights[place] * value(truth[place], predicted[place])
            total += weights[place]
          }
          return sum / total
        }
        // Four sums, so that no addition waits for the one before.
        var (sums, place) = (SIMD4<Double>.zero, 0)
        while place + 4 <= truth.count {
          sums += SIMD4(
            value(truth[place], predicted[place]), value(truth[place + 1], predicted[place + 1]),
            value(truth[place + 2], predicted[place + 2]),
            value(truth[place + 3], predicted[place + 3]))
          place += 4
        }
        var sum = sums.sum()
        while place < truth.count {
          sum += value(truth[place], predicted[place])
          place += 1
        }
        return sum / Double(truth.count)
      }
    }
  }

  private func variance(_ values: [Double]) -> Double {
    // Equal values must vary by exactly 0, whatever their mean rounds to.
    guard let first = values.first, values.contains(where: { $0 != first }) else { return 0 }
    let columns = RegressionFigures(values, values, weights)
    let middle = columns.mean { value, _ in value }
    return columns.mean { value, _ in (value - middle) * (value - middle) }
  }

  private func explained(_ rest: Double, of whole: Double) -> Double? {
    whole > 0 ? 1 - rest / whole : nil
  }

  /// The value below which a share of the weight lies; half-way between two where it ends at a value.
  private func quantile(_ share: Double, of values: [Double]) -> Double {
    let keys = values.map { ~UInt64(descending: $0) }
    guard let weights else {
      let target = share * Double(keys.count)
      let rank = min(max(Int(target.rounded(.up)) - 1, 0), keys.count - 1)
      let value = keys.selected(rank)
      guard Double(rank + 1) == target, rank + 1 < keys.count else { return (~value).score }
      let following =
        keys.count { $0 <= value } > rank + 1
        ? value : keys.reduce(UInt64.max) { $1 > value ? min($0, $1) : $0 }
      return ((~value).score + (~following).score) / 2
    }
    var ranked = zip(keys, weights).filter { $0.1 > 0 }
      .map { WeightedScore(key: $0, weight: $1) }
    ranked.sortByKey()
    let target = share * ranked.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for (rank, one) in ranked.enumerated() {
      sum += one.weight
      guard sum >= target else { continue }
      let next = rank + 1 < ranked.count ? ranked[rank + 1] : one
      return sum == target ? ((~one.key).score + (~next.key).score) / 2 : (~one.key).score
    }
    return (~ranked[ranked.count - 1].key).score
  }
}

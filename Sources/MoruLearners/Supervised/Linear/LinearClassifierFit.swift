import Foundation

/// The search for the weights of a linear classifier: the mean of a loss over the samples plus a
/// penalty on squared weights, made least.
///
/// Inside, features have mean 0 and deviation 1, whatever their units, so that steps along one
/// feature are not lost among those along another; the penalty is on the weights of the features as
/// they came.
struct LinearClassifierFit {
  /// What is made small for each sample.
  enum Loss {
    /// `log(1 + exp(−y·z))` of one output, y = 1 for class 1 and −1 for class 0.
    case logistic
    /// `−log softmax(z)` at the class.
    case softmax
    /// `max(0, 1 − y·z)²` for each output, y = 1 for its class and −1 for others.
    case squaredHinge
  }

  let samples: Samples
  /// From 0 on without gaps.
  let classes: [Int]
  /// Number of outputs.
  let units: Int
  let loss: Loss
  /// What half the squared weights are multiplied by, where the loss is a mean.
  let penalty: Double
  let fitsIntercept: Bool
  /// Whether the intercept costs as much as a weight, as it does in LIBLINEAR.
  let penalizesIntercept: Bool

  /// What was found: `[units, features]` for features as they came.
  struct Result {
    let weights: [Double]
    let intercepts: [Double]
    let isConverged: Bool
  }

  func run(tolerance: Double, maxIterations: Int) -> Result {
    let scales = Scales(samples, centres: fitsIntercept && !penalizesIntercept)
    let features = scales.applied(to: samples)
    let (width, count) = (samples.width, units * samples.width)
    let total = samples.totalWeight
    let search = LBFGS(tolerance: tolerance, maxIterations: maxIterations) { place in
      let weights = Array(place.prefix(count))
      let intercepts = Array(place.suffix(units))
      let outputs = LinearAlgebra.product(
        features, transposed: weights, rows: samples.count, inner: width, columns: units)
      var (value, slopes) = losses(outputs, intercepts)
      value /= total
      for place in slopes.indices { slopes[place] /= total }
      var gradient = LinearAlgebra.product(
        transposed: slopes, features, rows: units, inner: samples.count, columns: width)
      for unit in 0..<units {
        for feature in 0..<width {
          let place = unit * width + feature
          let weight = weights[place] / scales.deviations[feature]
          value += penalty / 2 * weight * weight
          gradient[place] += penalty * weight / scales.deviations[feature]
        }
      }
      gradient += (0..<units).map { unit in
        guard fitsIntercept else { return 0 }
        let slope = stride(from: unit, to: slopes.count, by: units).reduce(0) { $0 + slopes[$1] }
        guard penalizesIntercept else { return slope }
        value += penalty / 2 * intercepts[unit] * intercepts[unit]
        return slope + penalty * intercepts[unit]
      }
      return (value, gradient)
    }
    let found = search.minimize(from: [Double](repeating: 0, count: count + units))
    return scales.unscaled(found.point.place, units: units, isConverged: found.isConverged)
  }

  /// The sum of the losses, and how it changes with each output of each sample.
  private func losses(
    _ outputs: [Double], _ intercepts: [Double]
  ) -> (value: Double, slopes: [Double]) {
    var value = 0.0
    var slopes = outputs
    for sample in 0..<samples.count {
      let row = sample * units..<(sample + 1) * units
      let weight = samples.weights[sample]
      for (place, intercept) in zip(row, intercepts) { slopes[place] += intercept }
      switch loss {
      case .logistic:
        let sign = classes[sample] == 1 ? 1.0 : -1.0
        let margin = sign * slopes[sample]
        value += weight * (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin)
        slopes[sample] = -weight * sign / (1 + exp(margin))
      case .softmax:
        let greatest = row.reduce(-Double.infinity) { max($0, slopes[$1]) }
        let right = slopes[row.lowerBound + classes[sample]]
        var sum = 0.0
        for place in row {
          slopes[place] = exp(slopes[place] - greatest)
          sum += slopes[place]
        }
        value += weight * (log(sum) + greatest - right)
        for place in row { slopes[place] *= weight / sum }
        slopes[row.lowerBound + classes[sample]] -= weight
      case .squaredHinge:
        for (unit, place) in row.enumerated() {
          let own = units == 1 ? 1 : unit
          let sign = classes[sample] == own ? 1.0 : -1.0
          let short = max(0, 1 - sign * slopes[place])
          value += weight * short * short
          slopes[place] = -2 * weight * sign * short
        }
      }
    }
    return (value, slopes)
  }
}

/// Mean and deviation of each feature.
private struct Scales {
  let means: [Double]
  let deviations: [Double]

  init(_ samples: Samples, centres: Bool) {
    let width = samples.width
    let means = weightedMeans(samples.features, width: width, weights: samples.weights)
    let squares = zip(samples.features.indices, samples.features).map { place, value in
      (value - means[place % width]) * (value - means[place % width])
    }
    // A constant feature has no scale; its weight stays 0.
    deviations = weightedMeans(squares, width: width, weights: samples.weights)
      .map { $0 > 0 ? $0.squareRoot() : 1 }
    self.means = centres ? means : [Double](repeating: 0, count: width)
  }

  func applied(to samples: Samples) -> [Double] {
    var scaled = samples.features
    for sample in 0..<samples.count {
      for feature in 0..<samples.width {
        let place = sample * samples.width + feature
        scaled[place] = (scaled[place] - means[feature]) / deviations[feature]
      }
    }
    return scaled
  }

  /// Weights and intercepts for features as they came.
  func unscaled(
    _ place: [Double], units: Int, isConverged: Bool
  ) -> LinearClassifierFit.Result {
    let width = means.count
    let weights = (0..<units * width).map { place[$0] / deviations[$0 % width] }
    let intercepts = (0..<units).map { unit in
      (0..<width).reduce(place[units * width + unit]) {
        $0 - weights[unit * width + $1] * means[$1]
      }
    }
    return LinearClassifierFit.Result(
      weights: weights, intercepts: intercepts, isConverged: isConverged)
  }
}

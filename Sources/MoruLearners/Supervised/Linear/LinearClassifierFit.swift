import Foundation

/// The search for the weights of a linear classifier: the mean of a loss over the samples plus a
/// penalty on squared weights, made least.
///
/// Inside, features have mean 0 and a scale of their own, whatever their units, so that steps along one
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
    let records = LinearRecords(
      samples, centres: fitsIntercept && !penalizesIntercept, hasOnes: fitsIntercept,
      penalty: penalty)
    let penalties = (0..<records.columns).map { column in
      guard column < samples.width else { return penalizesIntercept ? penalty : 0 }
      return penalty / (records.scales[column] * records.scales[column])
    }
    let search = LBFGS(
      tolerance: tolerance, maxIterations: maxIterations,
      curvature: curvature(of: records, penalties)
    ) { place in
      var (value, gradient) = losses(records, place)
      for index in place.indices {
        let penalty = penalties[index % records.columns]
        value += penalty / 2 * place[index] * place[index]
        gradient[index] += penalty * place[index]
      }
      return (value, gradient)
    }
    let start = [Double](repeating: 0, count: units * records.columns)
    let found = search.minimize(from: start)
    return unscaled(found.point.place, records, isConverged: found.isConverged)
  }

  /// About how the slopes of a unit change with its weights where the search begins, from some of the
  /// samples; nil where that costs more than it saves.
  private func curvature(of records: LinearRecords, _ penalties: [Double]) -> Curvature? {
    let columns = records.columns
    guard columns <= 1024, samples.count >= 8 * columns,
      var products = records.products(ofAbout: max(2048, 8 * columns))
    else { return nil }
    let share = Double(max(units, 2))
    let bend = loss == .squaredHinge ? 2 : (1 - 1 / share) / share
    for place in products.indices { products[place] *= bend }
    // Collinear features, and few samples, must not seem flat.
    for (column, penalty) in penalties.enumerated() {
      products[column * (columns + 1)] += penalty + 1e-4 * bend
    }
    return Curvature(products, size: columns)
  }

  /// The mean of the losses, and how it changes with each weight.
  private func losses(
    _ records: LinearRecords, _ place: [Double]
  ) -> (value: Double, gradient: [Double]) {
    let size = LinearRecords.blockSize
    let sums = records.sums(place.count + 1) { blocks, sums in
      let slopes = Buffer(repeating: 0.0, count: units * size)
      for block in blocks {
        records.outputs(block, place, units: units, into: slopes.start)
        let rows = min(size, samples.count - block * size)
        sums[place.count] += turn(
          slopes.start, into: block * size..<block * size + rows, records.weights)
        // What fills the last block has no slope.
        for unit in 0..<units {
          (slopes.start + unit * size + rows).update(repeating: 0, count: size - rows)
        }
        records.addGradient(block, slopes.start, units: units, to: sums)
      }
    }.map { $0 / records.totalWeight }
    return (sums[place.count], Array(sums.prefix(place.count)))
  }

  /// Replaces the outputs of a block by how its loss changes with them, and returns that loss.
  private func turn(
    _ outputs: UnsafeMutablePointer<Double>, into samples: Range<Int>, _ weights: Buffer<Double>
  ) -> Double {
    let size = LinearRecords.blockSize
    var value = 0.0
    for (row, sample) in samples.enumerated() {
      let weight = weights[sample]
      switch loss {
      case .logistic:
        let sign = classes[sample] == 1 ? 1.0 : -1.0
        let margin = sign * outputs[row]
        let odds = exp(-abs(margin))
        value += weight * (log1p(odds) + max(0, -margin))
        outputs[row] = -weight * sign * (margin > 0 ? odds : 1) / (1 + odds)
      case .softmax:
        var greatest = -Double.infinity
        for unit in 0..<units { greatest = max(greatest, outputs[unit * size + row]) }
        let right = outputs[classes[sample] * size + row]
        var sum = 0.0
        for unit in 0..<units {
          let power = exp(outputs[unit * size + row] - greatest)
          outputs[unit * size + row] = power
          sum += power
        }
        value += weight * (log(sum) + greatest - right)
        let scale = weight / sum
        for unit in 0..<units { outputs[unit * size + row] *= scale }
        outputs[classes[sample] * size + row] -= weight
      case .squaredHinge:
        for unit in 0..<units {
          let own = units == 1 ? 1 : unit
          let sign = classes[sample] == own ? 1.0 : -1.0
          let short = max(0, 1 - sign * outputs[unit * size + row])
          value += weight * short * short
          outputs[unit * size + row] = -2 * weight * sign * short
        }
      }
    }
    return value
  }

  /// Weights and intercepts for features as they came.
  private func unscaled(
    _ place: [Double], _ records: LinearRecords, isConverged: Bool
  ) -> Result {
    let (width, columns) = (samples.width, records.columns)
    let weights = (0..<units).flatMap { unit in
      (0..<width).map { place[unit * columns + $0] / records.scales[$0] }
    }
    let intercepts = (0..<units).map { unit in
      guard fitsIntercept else { return 0.0 }
      let own = place[unit * columns + width]
      guard !penalizesIntercept else { return own }
      return (0..<width).reduce(own) { $0 - weights[unit * width + $1] * records.means[$1] }
    }
    return Result(weights: weights, intercepts: intercepts, isConverged: isConverged)
  }
}

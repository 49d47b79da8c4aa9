/// What every figure asks of its samples before it looks at them.
enum Checks {
  /// One prediction for each true value, at least one, and weights that weigh something.
  static func pairs(
    truth: Int, predicted: Int, weights: [Double]?
  ) throws(MetricsError) {
    guard truth == predicted else {
      throw .lengthsDiffer(truth: truth, predicted: predicted)
    }
    guard truth > 0 else { throw .noSamples }
    if let weights { try self.weights(weights, samples: truth) }
  }

  /// Weights that are finite, not negative, and not all 0, one for each sample.
  static func weights(_ weights: [Double], samples: Int) throws(MetricsError) {
    guard weights.count == samples else {
      throw .weightCount(found: weights.count, samples: samples)
    }
    if let position = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .badWeight(position: position, value: weights[position])
    }
    guard weights.contains(where: { $0 > 0 }) else { throw .noWeight }
  }

  /// Values that are numbers.
  static func finite(_ values: [Double], side: MetricsError.Side) throws(MetricsError) {
    if let position = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: side, position: position)
    }
  }

  /// Values between 0 and 1.
  static func probabilities(_ values: [Double]) throws(MetricsError) {
    if let position = values.firstIndex(where: { !(0...1).contains($0) }) {
      throw .notProbability(position: position, value: values[position])
    }
  }
}

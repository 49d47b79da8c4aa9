import MoruTensors

/// Every figure that follows from how much weight of each true class was given each predicted class.
///
/// Unlike a ``ConfusionMatrix``, whose counts are whole, weights need not be: samples may weigh
/// unequally, and the table may be restated for a field with another class ratio. 0 ÷ 0 counts as 0.
public struct ClassificationFigures: Sendable, Equatable {
  /// The number of classes.
  public let classCount: Int
  /// Row by row: the weight of the samples of a true class that were given a predicted one.
  let cells: [Double]

  /// Counts pairs of true and predicted classes.
  ///
  /// - Parameters:
  ///   - truth: The class of each sample, from 0.
  ///   - predicted: The class that the model gives each sample.
  ///   - weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, lengths or weights do not fit, or a class is
  ///   out of range.
  public init(
    truth: [Int], predicted: [Int], classCount: Int, weights: [Double]? = nil
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: predicted.count, weights: weights)
    self.classCount = classCount
    if let weights {
      cells = try tally(truth, predicted, classCount: classCount) { weights[$0] }
    } else {
      cells = try tally(truth, predicted, classCount: classCount) { _ in 1.0 }
    }
  }

  /// The figures of whole counts.
  public init(_ matrix: ConfusionMatrix) {
    self.init(cells: matrix.counts.flatMap { $0.map(Double.init) }, classCount: matrix.labels.count)
  }

  init(cells: [Double], classCount: Int) {
    self.cells = cells
    self.classCount = classCount
  }

  /// The weight of the samples of a true class that were given a predicted one.
  public subscript(truth: Int, predicted: Int) -> Double { cells[truth * classCount + predicted] }

  /// The weight of all samples.
  public var total: Double { cells.reduce(0, +) }
  /// The weight of each true class.
  public var supports: [Double] {
    (0..<classCount).map { row in
      cells[row * classCount..<(row + 1) * classCount].reduce(0, +)
    }
  }
  /// The weight given each class by the model.
  public var predictedTotals: [Double] {
    (0..<classCount).map { column in
      (0..<classCount).reduce(0) { $0 + self[$1, column] }
    }
  }
  /// The weight judged right.
  public var correct: Double { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }

  /// The share judged right, 0…1.
  public var accuracy: Double { ratio(correct, total) }
  /// The share judged wrong, 0…1.
  public var errorRate: Double { ratio(total - correct, total) }

  /// The mean recall of the classes that have samples, 0…1.
  public var balancedAccuracy: Double {
    let recalls = supports.enumerated().filter { $0.element > 0 }.map { row, support in
      self[row, row] / support
    }
    return ratio(recalls.reduce(0, +), Double(recalls.count))
  }

  /// Matthews's correlation coefficient for any number of classes, −1…1; 0 if only one class is true
  /// or predicted.
  ///
  /// - Source: Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006.
  public var matthewsCorrelation: Double {
    // In shares, so that squares of large counts lose nothing.
    let total = total
    let truth = supports.map { $0 / total }
    let said = predictedTotals.map { $0 / total }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (truthSpread, saidSpread) = (1 - product(truth, truth), 1 - product(said, said))
    guard truth.count(where: { $0 > 0 }) > 1, said.count(where: { $0 > 0 }) > 1 else { return 0 }
    return (accuracy - product(truth, said)) / (truthSpread * saidSpread).squareRoot()
  }

  /// What a disagreement weighs in Cohen's kappa.
  public enum KappaWeights: String, Codable, Sendable, CaseIterable {
    /// All disagreements alike.
    case none
    /// As many as there are classes between.
    case linear
    /// The square of that.
    case quadratic
  }

  /// The agreement beyond chance, `1 − Σ w·observed / Σ w·expected`, at most 1; 0 where only one class
  /// is true and predicted.
  ///
  /// - Parameter weights: What a disagreement weighs; linear and quadratic suit ordered classes.
  /// - Source: Cohen 1960, doi:10.1177/001316446002000104; 1968, doi:10.1037/h0026256.
  public func cohenKappa(weights: KappaWeights = .none) -> Double {
    let (total, truth, said) = (total, supports, predictedTotals)
    var (observed, expected) = (0.0, 0.0)
    for row in 0..<classCount {
      for column in 0..<classCount where column != row {
        let distance = Double(abs(row - column))
        let weight =
          switch weights {
          case .none: 1.0
          case .linear: distance
          case .quadratic: distance * distance
          }
        observed += weight * self[row, column]
        expected += weight * truth[row] * (said[column] / total)
      }
    }
    return expected == 0 ? 0 : 1 - observed / expected
  }

  /// One class as yes and all others as no.
  public func counts(of positive: Int) -> BinaryCounts {
    counts(of: positive, support: supports[positive], predicted: predictedTotals[positive])
  }

  /// Each class as yes and all others as no: the per-class table.
  public var classes: [BinaryCounts] {
    zip(supports, predictedTotals).enumerated().map { place, sums in
      counts(of: place, support: sums.0, predicted: sums.1)
    }
  }

  private func counts(of place: Int, support: Double, predicted: Double) -> BinaryCounts {
    let hits = self[place, place]
    return BinaryCounts(
      truePositives: hits, falsePositives: max(predicted - hits, 0),
      trueNegatives: max(total - support - predicted + hits, 0),
      falseNegatives: max(support - hits, 0))
  }

  /// A figure over all classes.
  ///
  /// - Parameters:
  ///   - average: `.macro` is the plain mean over classes, `.weighted` counts each as often as it is
  ///     true, `.micro` adds the classes' counts first.
  ///   - figure: What is averaged.
  public func average(
    _ average: LabelAverage, of figure: (BinaryCounts) -> Double
  ) -> Double {
    let classes = classes
    switch average {
    case .macro: return classes.map(figure).mean
    case .weighted:
      return ratio(
        classes.reduce(0) { $0 + $1.positives * figure($1) },
        classes.reduce(0) { $0 + $1.positives })
    case .micro:
      func sum(_ count: KeyPath<BinaryCounts, Double>) -> Double {
        classes.reduce(0) { $0 + $1[keyPath: count] }
      }
      return figure(
        BinaryCounts(
          truePositives: sum(\.truePositives), falsePositives: sum(\.falsePositives),
          trueNegatives: sum(\.trueNegatives), falseNegatives: sum(\.falseNegatives)))
    }
  }

  /// The same rates of confusion among samples of another class ratio: what a test set says of the
  /// field. Weights become shares that sum to 1.
  ///
  /// - Throws: `classCounts` for another number of classes; `classWithoutSamples` if nothing here tells
  ///   how samples of a class fare that the field has.
  public func restated(at shares: ClassShares) throws(MetricsError) -> ClassificationFigures {
    try shares.check(classCount)
    var cells = cells
    for (row, (share, support)) in zip(shares.values, supports).enumerated() {
      if share > 0, support == 0 { throw .classWithoutSamples(index: row) }
      let factor = ratio(share, support)
      for place in row * classCount..<(row + 1) * classCount { cells[place] *= factor }
    }
    return ClassificationFigures(cells: cells, classCount: classCount)
  }
}

/// Sums what each sample counts by its true and predicted class, row by row.
func tally<Count: AdditiveArithmetic>(
  _ truth: [Int], _ predicted: [Int], classCount: Int, count: (Int) -> Count
) throws(MetricsError) -> [Count] {
  guard (1...ConfusionMatrix.maximumClassCount).contains(classCount) else {
    throw .classCountOutOfRange(found: classCount, maximum: ConfusionMatrix.maximumClassCount)
  }
  let classes = 0..<classCount
  var cells = [Count](repeating: .zero, count: classCount * classCount)
  for position in truth.indices {
    let (row, column) = (truth[position], predicted[position])
    guard classes.contains(row) else {
      throw .classOutOfRange(
        side: .truth, position: position, value: row, classCount: classCount)
    }
    guard classes.contains(column) else {
      throw .classOutOfRange(
        side: .predicted, position: position, value: column, classCount: classCount)
    }
    cells[row * classCount + column] += count(position)
  }
  return cells
}

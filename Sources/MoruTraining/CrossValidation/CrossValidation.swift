import MoruArchive
public import MoruData
public import MoruTensors

/// What a learner came to in each fold.
public struct CrossValidation: Sendable, CustomStringConvertible {
  /// One fold.
  public struct FoldOutcome: Sendable, Equatable {
    /// Which samples were learned from, and which judged on.
    public let fold: Fold
    /// What the answers came to, by name.
    public let figures: [String: Double]
    /// Time of the fit, in seconds.
    public let fitSeconds: Double
    /// Time of all predictions of the fold, in seconds.
    public let predictSeconds: Double
  }

  /// A figure in all folds.
  public struct Summary: Sendable, Equatable {
    /// The figure's name.
    public let name: String
    /// In the order of the folds.
    public let values: [Double]

    /// `Σx / k`
    public var mean: Double { values.mean }

    /// The folds' standard deviation, `√(Σ(x − x̄)² / (k − 1))`; 0 for one fold. Folds share training
    /// samples, so it is no standard error of the mean.
    public var standardDeviation: Double {
      values.count > 1 ? (values.squaredDeviations / Double(values.count - 1)).squareRoot() : 0
    }
  }

  /// The learner's name.
  public let learner: String
  /// In the splitter's order.
  public let folds: [FoldOutcome]
  /// By output, `[samples, …]`: for each sample in its place what a model said that had not learned from
  /// it. The mean of several folds that judged on it; NaN if none did, as before the first test part of
  /// a time series.
  public let predictions: [String: HostTensor]
  /// In how many folds each sample was judged on.
  public let timesPredicted: [Int]

  /// The names of the figures, sorted.
  public var names: [String] { folds.first?.figures.keys.sorted() ?? [] }

  /// A figure in all folds; nil if there is none of that name in each.
  public func summary(_ name: String) -> Summary? {
    let values = folds.compactMap { $0.figures[name] }
    return values.count == folds.count && !folds.isEmpty
      ? Summary(name: name, values: values) : nil
  }

  /// Mean time of a fit, in seconds.
  public var fitSeconds: Double { mean(\.fitSeconds) }

  /// Mean time of a fold's predictions, in seconds.
  public var predictSeconds: Double { mean(\.predictSeconds) }

  private func mean(_ seconds: KeyPath<FoldOutcome, Double>) -> Double {
    folds.reduce(0) { $0 + $1[keyPath: seconds] } / Double(max(folds.count, 1))
  }

  /// A table: a row for each figure with its mean, deviation and folds.
  public var description: String {
    var table = TextTable(
      ["figure", "mean", "deviation"] + folds.indices.map { "fold \($0 + 1)" })
    for summary in names.compactMap({ summary($0) }) {
      table.append(
        [summary.name, summary.mean.significant, summary.standardDeviation.significant]
          + summary.values.map(\.significant))
    }
    return "\(learner), \(folds.count) folds\n\(table.text)"
  }
}

public import MoruTensors

/// What can go wrong when predictions are judged.
public enum MetricsError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to judge.
  case noSamples
  /// There are `truth` true values and `predicted` predicted ones.
  case lengthsDiffer(truth: Int, predicted: Int)
  /// The true or predicted class at `position` is `value`, of `classCount` classes.
  case classOutOfRange(side: Side, position: Int, value: Int, classCount: Int)
  /// `found` classes, where between 1 and `maximum` can be tabulated.
  case classCountOutOfRange(found: Int, maximum: Int)
  /// The labels at two positions are the same word.
  case labelsRepeat(first: Int, second: Int)
  /// Row `row` has `found` counts, where there are `classCount` classes (or rows are missing).
  case notSquare(row: Int, found: Int, classCount: Int)
  /// A count is negative, or all together exceed what an integer holds.
  case badCount(row: Int, column: Int, value: Int)
  /// The true or predicted value at `position` is NaN or infinite.
  case notFinite(side: Side, position: Int)
  /// Errors are so large that their squares or sums exceed Float64.
  case overflow
  /// `successes` of `count` is no proportion.
  case badProportion(successes: Int, count: Int)
  /// The tables of true labels and of scores are not of one shape, `[samples, labels]`.
  case notLabelTables(truth: Shape, scores: Shape)
  /// The tables have `columns` labels, and there are `labels` names and `thresholds` thresholds.
  case labelCounts(columns: Int, labels: Int, thresholds: Int)
  /// A true label is neither 0 nor 1.
  case notAnAnswer(position: Int, label: Int, value: Double)
  /// A bootstrap of `resamples` gives no interval.
  case tooFewResamples(found: Int, minimum: Int)
  /// There are `found` weights for `samples` samples.
  case weightCount(found: Int, samples: Int)
  /// The weight of a sample is negative or not finite.
  case badWeight(position: Int, value: Double)
  /// All weights are 0.
  case noWeight
  /// A setting is outside what is allowed, which `allowed` words.
  case badSetting(name: String, value: Double, allowed: String)
  /// Classes' shares of the samples are negative, not finite, or do not sum to 1.
  case badShares(sum: Double)
  /// There are `found` numbers in `name`, where there are `classCount` classes.
  case classCounts(name: String, found: Int, classCount: Int)
  /// A class that has a share of the field has no sample to judge it by.
  case classWithoutSamples(index: Int)
  /// A gain or cost is NaN or infinite.
  case badCost(row: Int, column: Int)
  /// `values` numbers do not fill rows of `width`.
  case ragged(values: Int, width: Int)
  /// A probability is outside 0…1.
  case notProbability(position: Int, value: Double)
  /// Only one class occurs, where telling two apart is judged.
  case oneClassOnly
  /// A figure to be compared is not a number.
  case undefinedFigure
  /// A value is outside what a figure is defined for, which `allowed` words.
  case outsideDomain(side: Side, position: Int, value: Double, allowed: String)

  /// `found` scores of good samples, where a threshold for `rate` needs `needed`.
  case tooFewGood(found: Int, needed: Int, rate: Double)

  /// Which of the two sequences being compared.
  public enum Side: String, Sendable {
    /// What is so.
    case truth = "true"
    /// What the model says.
    case predicted
  }

  public var description: String {
    switch self {
    case .noSamples:
      "There are no samples to judge. Pass at least one."
    case .lengthsDiffer(let truth, let predicted):
      "There are \(truth) true values but \(predicted) predictions. Pass one prediction a sample."
    case .classOutOfRange(let side, let position, let value, let classCount):
      "The \(side.rawValue) class of sample \(position) is \(value), outside 0..<\(classCount). "
        + "Number the classes from 0, in the order of the labels."
    case .classCountOutOfRange(let found, let maximum):
      "\(found) classes cannot be tabulated. Use 1 to \(maximum) classes; "
        + "check that the target is not an identifier or a quantity."
    case .labelsRepeat(let first, let second):
      "The labels of classes \(first) and \(second) are equal. Give each class its own label."
    case .notSquare(let row, let found, let classCount):
      "Row \(row) of the confusion matrix has \(found) counts for \(classCount) classes. "
        + "Give one row, and in it one count, for each class."
    case .badCount(let row, let column, let value):
      "The count \(value) in row \(row), column \(column) of the confusion matrix is negative or "
        + "too large. Counts are numbers of samples."
    case .notFinite(let side, let position):
      "The \(side.rawValue) value of sample \(position) is not a finite number. "
        + "Remove missing values first; if predictions are NaN, lower the learning rate."
    case .overflow:
      "The errors are too large for Float64. Scale the target to a smaller unit."
    case .badProportion(let successes, let count):
      "\(successes) of \(count) is no proportion. Pass 0 ≤ successes ≤ count and count ≥ 1."
    case .notLabelTables(let truth, let scores):
      "True labels have shape \(truth) and scores \(scores). "
        + "Pass both as [samples, labels], one column for each label."
    case .labelCounts(let columns, let labels, let thresholds):
      "There are \(columns) columns, \(labels) label names and \(thresholds) thresholds. "
        + "Give one name and one threshold for each column."
    case .notAnAnswer(let position, let label, let value):
      "Label \(label) of sample \(position) is \(value). Labels are 0 for no and 1 for yes."
    case .tooFewResamples(let found, let minimum):
      "\(found) resamples give no 95 % interval. Use at least \(minimum)."
    case .weightCount(let found, let samples):
      "There are \(found) weights for \(samples) samples. Pass one weight a sample."
    case .badWeight(let position, let value):
      "The weight of sample \(position) is \(value). Weights are finite and at least 0."
    case .noWeight:
      "All weights are 0, so that no sample counts. Give at least one sample a weight above 0."
    case .badSetting(let name, let value, let allowed):
      "\(name) is \(value). Choose \(allowed)."
    case .badShares(let sum):
      "The classes' shares sum to \(sum), or one is negative. "
        + "Pass shares between 0 and 1 that sum to 1."
    case .classCounts(let name, let found, let classCount):
      "\(name) has \(found) numbers for \(classCount) classes. Give one for each class."
    case .classWithoutSamples(let index):
      "Class \(index) has a share of the field but no sample here. "
        + "Judge on samples of every class, or set its share to 0."
    case .badCost(let row, let column):
      "The cost in row \(row), column \(column) is not a finite number. "
        + "Give one number for each true and predicted class."
    case .ragged(let values, let width):
      "\(values) numbers do not fill rows of \(width). Give every sample as many numbers."
    case .notProbability(let position, let value):
      "The probability of sample \(position) is \(value). Pass probabilities between 0 and 1, "
        + "such as a softmax's or a sigmoid's."
    case .oneClassOnly:
      "All samples are of one class, so that nothing is told apart. "
        + "Judge on samples of both classes."
    case .undefinedFigure:
      "The figure to compare is undefined on these samples. "
        + "Choose a figure that every sample counts in, or more samples."
    case .tooFewGood(let found, let needed, let rate):
      "A false-alarm rate of \(rate) needs at least \(needed) good samples that nothing was learned "
        + "from, and there are \(found). Pass more, or allow more false alarms."
    case .outsideDomain(let side, let position, let value, let allowed):
      "The \(side.rawValue) value of sample \(position) is \(value), where this figure needs "
        + "\(allowed). Choose another figure for such values."
    }
  }
}

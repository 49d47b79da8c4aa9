import MoruData
import MoruModels

/// A linear learner whose target is classes.
public protocol LinearClassifier: LinearLearner {
  /// How much the samples' losses count beside the weights' cost, above 0.
  var c: Double { get }
  /// Whether there is an intercept.
  var fitsIntercept: Bool { get }
  /// Stops when no slope of the mean loss, along features of deviation 1, is larger.
  var tolerance: Double { get }
  /// Stops after so many steps.
  var maxIterations: Int { get }
}

extension LinearClassifier {
  /// The weights that make a loss small: of the second of two classes, or of each of more.
  func find(
    _ loss: (_ classes: Int) -> LinearClassifierFit.Loss, penalizesIntercept: Bool,
    in data: Dataset
  ) throws -> (classifier: FoundClassifier, samples: Samples) {
    let samples = try Samples(data, for: name)
    let answers = try data.classAnswers(for: samples, fewest: 2)
    let (present, places) = samples.present(answers)
    let fit = LinearClassifierFit(
      samples: samples, classes: places, units: present.count == 2 ? 1 : present.count,
      loss: loss(present.count), penalty: 1 / (c * samples.totalWeight),
      fitsIntercept: fitsIntercept, penalizesIntercept: penalizesIntercept)
    let found = FoundClassifier(
      result: fit.run(tolerance: tolerance, maxIterations: maxIterations), present: present,
      labels: answers.labels ?? [], width: samples.width)
    return (found, samples)
  }
}

/// What a linear classifier found, before its classes have names.
struct FoundClassifier {
  /// `[units, features]`, one unit for two classes, else one for each class that occurs.
  let result: LinearClassifierFit.Result
  /// The classes that occur, by their places among the labels.
  let present: [Int]
  let labels: [String]
  let width: Int

  /// Weights and biases of an output for each label.
  ///
  /// - Parameter negative: What the formula of the second of two classes is multiplied by for the
  ///   first.
  func dense(negative: Double) -> (kernel: [Double], bias: [Double]) {
    var kernel = [Double](repeating: 0, count: width * labels.count)
    var bias = [Double](repeating: 0, count: labels.count)
    for label in labels.indices {
      // A class that does not occur always stands far below the first that does.
      let unit = present.firstIndex(of: label) ?? 0
      let (row, sign) = present.count == 2 ? (0, unit == 1 ? 1.0 : negative) : (unit, 1.0)
      bias[label] = sign * result.intercepts[row] - (present.contains(label) ? 0 : impossible)
      for feature in 0..<width {
        kernel[feature * labels.count + label] = sign * result.weights[row * width + feature]
      }
    }
    return (kernel, bias)
  }

  func coefficients(
    of data: Dataset, errors: LinearErrors? = nil, remark: String?
  ) -> LinearCoefficients {
    let names = present.count == 2 ? [labels[present[1]]] : present.map { labels[$0] }
    return LinearCoefficients(
      rows: names.enumerated().map { unit, label in
        LinearRow(
          name: label, intercept: result.intercepts[unit],
          weights: Array(result.weights[unit * width..<(unit + 1) * width]), errors: errors)
      }, features: data.featureNames(count: width), remark: remark)
  }
}

/// How far the score of a class that does not occur lies below that of one that does: its probability
/// is 0, and the loss of a sample that is of it all the same stays finite.
let impossible = 1e5

extension Samples {
  /// The classes that occur among the samples that count, in order, and for each sample its place
  /// among them; samples that do not count are of the first.
  func present(_ answers: Answers) -> (classes: [Int], places: [Int]) {
    let classes = answers.classes ?? []
    let present = Set(zip(classes, weights).filter { $0.1 > 0 }.map(\.0)).sorted()
    let place = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    return (present, classes.map { place[$0] ?? 0 })
  }
}

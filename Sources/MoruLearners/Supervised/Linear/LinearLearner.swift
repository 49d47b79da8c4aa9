public import MoruData
import MoruLayers
import MoruMetrics
public import MoruModels
public import MoruTensors

/// A learner whose model is a weighted sum of the features.
public protocol LinearLearner: ClassicalLearner {
  /// The weights that the learner finds in samples, at full precision; `learn` puts them into a
  /// model in Float32.
  ///
  /// - Throws: `LearnerError` if the samples are not what the recipe takes.
  func coefficients(of data: Dataset) throws -> LinearCoefficients
}

/// A linear learner whose target is numbers.
public protocol LinearRegressor: LinearLearner {}

extension LinearRegressor {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let found = try coefficients(of: data)
    var layers = LearnedLayers()
    try layers.append(kernel: found.kernel, bias: found.bias)
    return try TrainedModel(layers, by: name, from: data, seed: seed, output: .numbers)
  }
}

/// Least-squares problems: features and answers with their means taken off, and every row times the
/// root of its weight.
struct LeastSquaresDesign {
  let samples: Samples
  let answers: Answers
  /// `[samples, features]`
  let features: [Double]
  /// `[samples, outputs]`
  let values: [Double]
  /// The weighted mean of each feature, or zeros without intercept.
  let featureMeans: [Double]
  /// The weighted mean of each output, or zeros without intercept.
  let valueMeans: [Double]

  init(_ data: Dataset, for learner: String, fitsIntercept: Bool) throws {
    samples = try Samples(data, for: learner)
    answers = try data.numberAnswers(for: samples)
    (features, featureMeans) = Self.centred(
      samples.features, width: samples.width, weights: samples.weights, centres: fitsIntercept)
    (values, valueMeans) = Self.centred(
      answers.values, width: answers.width, weights: samples.weights, centres: fitsIntercept)
  }

  private static func centred(
    _ values: [Double], width: Int, weights: [Double], centres: Bool
  ) -> (values: [Double], means: [Double]) {
    let means =
      centres
      ? weightedMeans(values, width: width, weights: weights)
      : [Double](repeating: 0, count: width)
    var scaled = values
    for (row, weight) in weights.enumerated() {
      let root = weight.squareRoot()
      for column in 0..<width {
        scaled[row * width + column] = root * (values[row * width + column] - means[column])
      }
    }
    return (scaled, means)
  }

  /// The coefficients for weights of the centred features.
  ///
  /// - Parameter kernel: `[features, outputs]`.
  func coefficients(
    _ kernel: [Double], of data: Dataset, errors: [LinearErrors]? = nil, remark: String? = nil
  ) -> LinearCoefficients {
    let width = answers.width
    return LinearCoefficients(
      rows: (0..<width).map { output in
        let weights = stride(from: output, to: kernel.count, by: width).map { kernel[$0] }
        let shift = zip(weights, featureMeans).reduce(0) { $0 + $1.0 * $1.1 }
        return LinearRow(
          name: data.answerName(output, of: width), intercept: valueMeans[output] - shift,
          weights: weights, errors: errors?[output])
      }, features: data.featureNames(count: samples.width), remark: remark)
  }
}

/// The means of the columns of `[rows, width]` values, each row as often as its weight says.
func weightedMeans(_ values: [Double], width: Int, weights: [Double]) -> [Double] {
  var means = [Double](repeating: 0, count: width)
  let total = weights.reduce(0, +)
  for (row, weight) in weights.enumerated() {
    for column in 0..<width { means[column] += weight * values[row * width + column] }
  }
  return means.map { $0 / total }
}

/// How far off the numbers of one output may be.
struct LinearErrors {
  /// Of the intercept; nil if it is not fitted.
  let intercept: Double?
  /// Of each feature.
  let features: [Double]
  /// Of the residuals; nil if the normal distribution is meant.
  let degreesOfFreedom: Int?
}

/// One output before it has names.
struct LinearRow {
  let name: String
  let intercept: Double
  let weights: [Double]
  var errors: LinearErrors?
}

extension LinearCoefficients {
  init(rows: [LinearRow], features: [String], remark: String?) {
    outputs = rows.map { row in
      let freedom = row.errors?.degreesOfFreedom
      return Output(
        name: row.name,
        intercept: Coefficient("intercept", row.intercept, row.errors?.intercept, freedom),
        coefficients: features.indices.map {
          Coefficient(features[$0], row.weights[$0], row.errors?.features[$0], freedom)
        })
    }
    self.remark = remark
  }
}

extension LinearCoefficients.Coefficient {
  init(_ name: String, _ value: Double, _ error: Double?, _ degreesOfFreedom: Int?) {
    self.name = name
    self.value = value
    standardError = error
    guard let error else {
      (interval, pValue) = (nil, nil)
      return
    }
    if let degreesOfFreedom {
      interval = .student(value, standardError: error, degreesOfFreedom: degreesOfFreedom)
      pValue = studentTails(value / error, degreesOfFreedom: degreesOfFreedom)
    } else {
      interval = .wald(value, standardError: error)
      pValue = normalTails(value / error)
    }
  }
}

extension Dataset {
  /// A name for each number of a flattened sample.
  func featureNames(count: Int) -> [String] {
    if let names = encoding?.featureNames, names.count == count { return names }
    return (0..<count).map { "feature \($0)" }
  }

  /// A name for one column of the only target.
  func answerName(_ column: Int, of width: Int) -> String {
    let name = encoding?.target?.name ?? targets[0].name
    return width == 1 ? name : "\(name) \(column)"
  }
}

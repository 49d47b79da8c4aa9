internal import MoruData
internal import MoruMetrics
internal import MoruModels
internal import MoruTensors
internal import MoruTraining

/// What a learner's answers came to beside the score.
public struct ComparedClasses: Sendable, Codable, Equatable {
  /// The share of right answers.
  public let accuracy: Double
  /// Of two classes, the share of the rarer one's samples that was found.
  public let recallOfRarer: Double?
  /// Of two classes, the share of right ones among the answers of the other class.
  public let precisionOfOther: Double?
}

/// What is true of the samples of a comparison, and how answers are scored by it.
struct ComparedTruth {
  let isClassification: Bool
  /// The classes; empty for numbers.
  let labels: [String]
  /// Samples of each class.
  let counts: [Int]
  /// Classes by their places, or numbers.
  private let values: [Double]

  init(_ samples: any FoldableData) throws {
    if let classes = samples.classes {
      isClassification = true
      labels = classes.labels
      values = classes.indices.map(Double.init)
      var counts = [Int](repeating: 0, count: labels.count)
      for index in classes.indices { counts[Int(index)] += 1 }
      self.counts = counts
    } else {
      let all = try samples.cut(train: Array(0..<samples.count), held: []).train
      guard let numbers = all.numbers else {
        throw WorkflowError.comparison(
          "the target is neither classes nor numbers. Choose another one")
      }
      (isClassification, values, labels, counts) = (false, numbers, [], [])
    }
  }

  /// - Throws: `WorkflowError.comparison` if there is nothing to tell apart.
  func check(source: String) throws {
    let present = labels.indices.filter { counts[$0] > 0 }
    guard isClassification, present.count < 2 else { return }
    throw WorkflowError.comparison(
      present.first.map {
        "all samples of \(source) are of the class '\(labels[$0])'. Add samples of another class"
      }
        ?? "\(source) has no samples")
  }

  /// Of two classes the rarer one, and the other.
  var pair: (rarer: String, other: String)? {
    rarer.map { (labels[$0], labels[1 - $0]) }
  }

  private var rarer: Int? {
    labels.count == 2 ? (counts[1] <= counts[0] ? 1 : 0) : nil
  }

  /// One number for each sample: its class, or the number itself. Of probabilities the class is that
  /// which is greatest beside its share of the samples.
  func answers(of outcome: CrossValidation, _ output: ModelOutput) throws -> [Double] {
    guard let tensor = outcome.predictions[output.name] else {
      throw WorkflowError.comparison(
        "a learner gave no answers named '\(output.name)'. Let all of its folds have the same outputs"
      )
    }
    if let probabilities = try output.probabilities(of: tensor) {
      return (0..<probabilities.rows).map { row in
        let ratios = zip(probabilities[row], counts).map { $1 > 0 ? $0 / Double($1) : 0 }
        return Double(ratios.indices.reduce(0) { ratios[$1] > ratios[$0] ? $1 : $0 })
      }
    }
    if let classes = try output.classes(of: tensor) { return classes.map(Double.init) }
    guard !isClassification else {
      throw WorkflowError.comparison(
        "a learner answers with numbers where the target is classes. Compare classifiers")
    }
    return try tensor.converted(to: .float64).array(of: Double.self)
  }

  /// The mean recall of the classes that occur, or the root of the mean squared error.
  func score(_ answers: [Double], at places: [Int]) -> Double {
    guard isClassification else {
      let squares = places.reduce(0) {
        $0 + (answers[$1] - values[$1]) * (answers[$1] - values[$1])
      }
      return (squares / Double(places.count)).squareRoot()
    }
    var hits = [Double](repeating: 0, count: labels.count)
    var supports = hits
    for place in places {
      let label = Int(values[place])
      supports[label] += 1
      if answers[place] == values[place] { hits[label] += 1 }
    }
    let recalls = zip(hits, supports).filter { $0.1 > 0 }.map { $0.0 / $0.1 }
    return recalls.mean
  }

  /// What the answers came to beside the score; nil for numbers.
  func classes(_ answers: [Double]) throws -> ComparedClasses? {
    guard isClassification else { return nil }
    let figures = try ClassificationFigures(
      truth: values.map { Int($0) }, predicted: answers.map { Int($0) },
      classCount: labels.count)
    let counts = rarer.map { figures.counts(of: $0) }
    return ComparedClasses(
      accuracy: figures.accuracy, recallOfRarer: counts?.recall,
      precisionOfOther: counts?.negativePredictiveValue)
  }
}

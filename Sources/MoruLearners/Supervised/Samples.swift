import MoruData
import MoruTensors

/// The samples of a data set as a learner's arithmetic takes them.
struct Samples {
  /// The learner's name, for messages.
  let learner: String
  /// Number of samples.
  let count: Int
  /// Number of features of a sample.
  let width: Int
  /// `[count, width]`, row-major.
  let features: [Double]
  /// How much each sample counts; not all are 0.
  let weights: [Double]

  /// The samples of a data set of one feature tensor, each sample as one row.
  ///
  /// - Parameter allowsMissing: Whether NaN stands for a missing value; infinity never does.
  /// - Throws: `LearnerError.noSamples`, `.features` or `.notFinite`.
  init(_ data: Dataset, for learner: String, allowsMissing: Bool = false) throws {
    guard let feature = data.features.first, data.features.count == 1 else {
      throw LearnerError.features(learner: learner, names: data.features.map(\.name))
    }
    let weights = data.sampleWeights?.map(Double.init) ?? .init(repeating: 1, count: data.count)
    guard weights.contains(where: { $0 > 0 }) else {
      throw LearnerError.noSamples(learner: learner)
    }
    self.learner = learner
    count = data.count
    self.weights = weights
    features = try feature.values.converted(to: .float64).array(of: Double.self)
    width = features.count / count
    guard width > 0 else { throw LearnerError.features(learner: learner, names: []) }
    if let place = features.firstIndex(where: { !$0.isFinite && !(allowsMissing && $0.isNaN) }) {
      throw LearnerError.notFinite(
        learner: learner, feature: place % width, sample: place / width)
    }
  }

  /// The sum of the weights.
  var totalWeight: Double { weights.reduce(0, +) }

  /// One feature of one sample.
  subscript(sample: Int, feature: Int) -> Double { features[sample * width + feature] }
}

/// What samples are learned to be, as numbers: a class as 1 in its own column.
struct Answers {
  /// `[samples, width]`, row-major; empty for classes.
  let values: [Double]
  /// Number of columns.
  let width: Int
  /// The class of each sample; nil for numbers.
  let classes: [Int]?
  /// The classes' names; nil for numbers.
  let labels: [String]?

  /// One column of the answers.
  func column(_ column: Int) -> [Double] {
    if let classes { return classes.map { $0 == column ? 1 : 0 } }
    return stride(from: column, to: values.count, by: width).map { values[$0] }
  }
}

extension Dataset {
  /// The classes that a learner learns to tell apart.
  ///
  /// - Parameter fewest: How many classes must occur in the samples that count.
  /// - Throws: `LearnerError.target` unless the only target is classes; `.oneClass`.
  func classAnswers(for samples: Samples, fewest: Int = 1) throws -> Answers {
    guard targets.count == 1, case .classes(let indices, let labels) = targets[0].values else {
      throw LearnerError.target(learner: samples.learner, needs: "one target of classes")
    }
    let present = Set(zip(indices, samples.weights).filter { $0.1 > 0 }.map(\.0))
    guard present.count >= fewest else {
      throw LearnerError.oneClass(
        learner: samples.learner, label: present.first.map { labels[Int($0)] } ?? "")
    }
    return Answers(
      values: [], width: labels.count, classes: indices.map(Int.init), labels: labels)
  }

  /// The numbers that a learner learns to give.
  ///
  /// - Parameter single: Whether it takes one number for each sample only.
  /// - Throws: `LearnerError.target` unless the only target is finite numbers.
  func numberAnswers(for samples: Samples, single: Bool = false) throws -> Answers {
    let needs = single ? "one target of one number" : "one target of numbers"
    func refused() -> LearnerError { .target(learner: samples.learner, needs: needs) }
    guard targets.count == 1 else { throw refused() }
    let values: [Double]
    switch targets[0].values {
    case .values(let numbers): values = numbers.map(Double.init)
    case .tensor(let tensor) where tensor.shape.rank == 2 && tensor.shape[1] > 0 && !single:
      values = try tensor.converted(to: .float64).array(of: Double.self)
    case .classes, .labelSets, .tensor: throw refused()
    }
    let width = values.count / samples.count
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw LearnerError.targetNotFinite(learner: samples.learner, sample: place / width)
    }
    return Answers(values: values, width: width, classes: nil, labels: nil)
  }
}

import MoruData

/// Whether a learner learns classes or numbers: what tells `…Classifier` from `…Regressor`.
public protocol LearningTask: Sendable {
  /// Whether answers are classes.
  static var isClassification: Bool { get }
}

/// Learning to tell classes apart.
public enum Classification: LearningTask {
  public static let isClassification = true
}

/// Learning to give numbers.
public enum Regression: LearningTask {
  public static let isClassification = false
}

extension LearningTask {
  /// The answers of a data set that a learner of this task learns.
  static func answers(
    in data: Dataset, for samples: Samples, single: Bool = false
  ) throws -> Answers {
    try isClassification
      ? data.classAnswers(for: samples) : data.numberAnswers(for: samples, single: single)
  }

  /// What the output of such a learner's model is.
  static func output(_ answers: Answers) -> LearnedOutput {
    answers.labels.map { .probabilities(labels: $0) } ?? .numbers
  }
}

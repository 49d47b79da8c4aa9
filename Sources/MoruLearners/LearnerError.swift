/// What can go wrong when a classical learner is fitted.
public enum LearnerError: Error, Equatable, CustomStringConvertible {
  /// The learner needs another kind of target.
  case target(learner: String, needs: String)
  /// A setting is out of its range.
  case setting(learner: String, name: String, problem: String)
  /// A feature is NaN or infinite.
  case notFinite(learner: String, feature: Int, sample: Int)
  /// A target is NaN or infinite.
  case targetNotFinite(learner: String, sample: Int)
  /// The samples have not one feature tensor, or one without elements.
  case features(learner: String, names: [String])
  /// There is no sample, or none that counts.
  case noSamples(learner: String)
  /// All samples are of one class.
  case oneClass(learner: String, label: String)
  /// A feature is negative where counts are needed.
  case negative(learner: String, feature: Int, sample: Int)
  /// A rule names a column that the table does not have.
  case unknownColumn(rule: String, column: String, nearest: String?)
  /// A rule cannot be applied to what a column holds.
  case rule(rule: String, problem: String)
  /// XGBoost refused something.
  case xgboost(String)
  /// A model was asked for what only a model of another learner has.
  case notOf(learner: String)
  /// There are more samples than the learner can count.
  case tooMany(learner: String, samples: Int)
  /// Numbers are so large that their squares are infinite.
  case overflow(learner: String)

  public var description: String {
    switch self {
    case .target(let learner, let needs):
      "\(learner) needs \(needs). Choose another learner, or another target column."
    case .setting(let learner, let name, let problem):
      "\(learner): \(name) \(problem)."
    case .notFinite(let learner, let feature, let sample):
      "\(learner): feature \(feature) of sample \(sample) is not a finite number. "
        + "Fill missing values first, or leave the sample out."
    case .targetNotFinite(let learner, let sample):
      "\(learner): the target of sample \(sample) is not a finite number. Leave the sample out."
    case .features(let learner, let names):
      "\(learner) takes one feature tensor with at least one element for each sample, not "
        + "\(names.isEmpty ? "an empty one" : "\(names)"). Join the features into one."
    case .noSamples(let learner):
      "\(learner): there is no sample, or all weights are 0. Pass samples that count."
    case .oneClass(let learner, let label):
      "\(learner): every sample is of class '\(label)'. Pass samples of at least two classes, for "
        + "instance by a stratified split."
    case .negative(let learner, let feature, let sample):
      "\(learner): feature \(feature) of sample \(sample) is negative. Pass counts or shares, or "
        + "choose GaussianNB."
    case .unknownColumn(let rule, let column, let nearest):
      "\(rule): there is no column '\(column)'."
        + (nearest.map { " Did you mean '\($0)'?" } ?? " Name one of the table's columns.")
    case .rule(let rule, let problem): "\(rule): \(problem)."
    case .xgboost(let message):
      "XGBoost: \(message). Change the learner's settings, or choose another."
    case .notOf(let learner):
      "The model was not made by \(learner). Ask a model that was."
    case .tooMany(let learner, let samples):
      "\(learner) does not take \(samples) samples at once. Take a part of them by chance."
    case .overflow(let learner):
      "\(learner): squares of the samples' numbers are infinite. Scale them first."
    }
  }
}

/// What can go wrong when a classical learner is fitted.
public enum LearnerError: Error, Equatable, CustomStringConvertible {
  /// The learner needs another kind of target.
  case target(learner: String, needs: String)
  /// A setting is out of its range.
  case setting(learner: String, name: String, problem: String)
  /// A feature is NaN or infinite.
  case notFinite(learner: String, feature: Int, sample: Int)

  public var description: String {
    switch self {
    case .target(let learner, let needs):
      "\(learner) needs \(needs). Choose another learner, or another target column."
    case .setting(let learner, let name, let problem):
      "\(learner): \(name) \(problem)."
    case .notFinite(let learner, let feature, let sample):
      "\(learner): feature \(feature) of sample \(sample) is not a finite number. "
        + "Fill missing values first, or leave the sample out."
    }
  }
}

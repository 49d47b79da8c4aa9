import MoruModels

extension Learner {
  /// Refuses a setting that is out of range or not a number.
  func check(
    _ setting: String, _ value: Double, isAllowed: Bool, _ problem: String
  ) throws(LearnerError) {
    guard isAllowed, !value.isNaN else {
      throw refusal(setting, "\(problem), not \(value)")
    }
  }

  /// Refuses a number of things below the least that makes sense.
  func check(_ setting: String, _ value: Int, atLeast least: Int) throws(LearnerError) {
    guard value >= least else {
      throw refusal(setting, "must be at least \(least), not \(value)")
    }
  }

  /// The error that a setting is out of range.
  func refusal(_ setting: String, _ problem: String) -> LearnerError {
    .setting(learner: name, name: setting, problem: problem)
  }
}

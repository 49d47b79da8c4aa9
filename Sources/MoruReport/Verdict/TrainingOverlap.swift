/// What samples that a model is judged on have to do with those that it has learned from.
public enum TrainingOverlap: Sendable, Equatable {
  /// They are the samples that it has learned from.
  case all
  /// They are all that a training read, which learned from some and set others apart.
  case some(run: String)

  /// What that makes of the figures, and what to do, as a heading and what follows it.
  public func text(_ language: ReportLanguage = .english) -> (heading: String, detail: String) {
    switch self {
    case .all:
      (
        language(
          "The model has learned from these very samples.", "모델이 바로 이 표본으로 학습했음."),
        language(
          "The figures say how well it remembers them, not how well it judges new ones. Judge it on "
            + "samples that it has not seen.",
          "이 지표는 새 표본에 대한 성능이 아니라 학습한 표본을 얼마나 외웠는지를 나타냄. 학습에 쓰지 않은 표본으로 평가할 것.")
      )
    case .some(let run):
      (
        language(
          "The model has learned from a part of these samples.", "모델이 이 표본 일부로 학습했음."),
        language(
          "Run \(run), which made it, read these data. The figures are better than on new samples. "
            + "The run's own verdict is on the part that it had set apart; judge on other data for "
            + "another one.",
          "모델을 만든 실행 \(run)이(가) 이 데이터를 읽었으므로, 지표가 새 표본에서보다 좋게 나옴. 따로 떼어 둔 시험 표본에 "
            + "대한 평가는 그 실행에 있음. 다시 평가하려면 다른 데이터를 쓸 것.")
      )
    }
  }
}

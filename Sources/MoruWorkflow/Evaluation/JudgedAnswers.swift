internal import Foundation
internal import MoruMetrics
internal import MoruTensors

/// Answers to samples, as slices and mistakes need them.
protocol JudgedAnswers {
  /// The figures of a slice.
  var sliceFigures: [VerdictFigure] { get }
  /// Those figures of the samples at some places, nil where one is undefined.
  func estimates(_ places: [Int]) throws -> [Estimate?]
}

/// A mistake before it is shown.
struct WrongAnswer {
  let place: Int
  let truth: String
  let predicted: String
  let detail: String
}

/// Answers that are classes.
struct ClassAnswers: JudgedAnswers {
  let truth: [Int]
  let predicted: [Int]
  let scores: NumberTable
  let labels: [String]
  let setting: ClassificationVerdict.Setting

  var sliceFigures: [VerdictFigure] {
    setting.positive == nil
      ? [.accuracy] : [.recall, .negativePredictiveValue, .precision, .accuracy]
  }

  func estimates(_ places: [Int]) throws -> [Estimate?] {
    let figures = try ClassificationFigures(
      truth: places.map { truth[$0] }, predicted: places.map { predicted[$0] },
      classCount: labels.count)
    let accuracy = Estimate(
      value: figures.accuracy,
      interval: try .wilson(successes: Int(figures.correct), of: Int(figures.total)))
    guard let positive = setting.positive else { return [accuracy] }
    let counts = figures.counts(of: positive)
    return [BinaryFigure.recall, .negativePredictiveValue, .precision].map { $0.estimate(counts) }
      + [accuracy]
  }

  /// The dearest mistakes, and of equally dear ones those that the model was surest of.
  func worst(_ count: Int) -> [WrongAnswer] {
    let wrong = truth.indices.filter { truth[$0] != predicted[$0] }.map { place in
      (
        place: place, cost: setting.costs?.costs[truth[place]][predicted[place]] ?? 0,
        score: scores[place][scores[place].startIndex + predicted[place]]
      )
    }
    return wrong.sorted { ($1.cost, $1.score, $0.place) < ($0.cost, $0.score, $1.place) }
      .prefix(count).map { mistake in
        WrongAnswer(
          place: mistake.place, truth: labels[truth[mistake.place]],
          predicted: labels[predicted[mistake.place]], detail: String(format: "%.4f", mistake.score)
        )
      }
  }
}

/// Answers that are numbers.
struct NumberAnswers: JudgedAnswers {
  let truth: [Double]
  let predicted: [Double]
  let seed: Seed

  var sliceFigures: [VerdictFigure] { [.meanAbsoluteError, .bias] }

  func estimates(_ places: [Int]) throws -> [Estimate?] {
    let bootstrap = Bootstrap(seed: seed, forSamples: places.count)
    let errors = places.map { predicted[$0] - truth[$0] }
    func mean(_ value: (Double) -> Double) throws -> Estimate? {
      try bootstrap.estimate(count: errors.count) { chosen in
        chosen.reduce(0) { $0 + value(errors[$1]) } / Double(chosen.count)
      }
    }
    return [try mean(abs), try mean { $0 }]
  }

  /// The answers that are farthest off.
  func worst(_ count: Int) -> [WrongAnswer] {
    truth.indices.map { (place: $0, error: predicted[$0] - truth[$0]) }
      .filter { $0.error != 0 }
      .sorted { (abs($1.error), $0.place) < (abs($0.error), $1.place) }
      .prefix(count).map { mistake in
        WrongAnswer(
          place: mistake.place, truth: "\(Float(truth[mistake.place]))",
          predicted: "\(Float(predicted[mistake.place]))", detail: "\(Float(mistake.error))")
      }
  }
}

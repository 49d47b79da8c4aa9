internal import MoruData
public import MoruLearners
public import MoruMetrics
internal import MoruModels
public import MoruTensors
internal import MoruTraining
internal import Synchronization

/// Learners judged alike: by the answers that each gave in a cross-validation for samples that it had
/// not learned from.
public struct LearnerComparison: Sendable {
  /// What a learner came to.
  public struct Entry: Sendable, Codable, Equatable {
    /// Such as `linear`.
    public let title: String
    /// The learner's name, such as `logistic regression`.
    public let learner: String
    /// The score of all answers together, with its interval over the samples.
    public let score: Estimate
    /// The folds' means of the standard figures, by name.
    public let figures: [String: Double]
    /// Mean time of a fit, in seconds.
    public let fitSeconds: Double
    /// Mean time of a prediction, in seconds a sample.
    public let predictSeconds: Double
    /// The size of the model's weights.
    public let weightBytes: Int
    /// By how much the best learner's score exceeds this one's on the same samples; nil for the best.
    public let behind: Estimate?
  }

  /// The data's name.
  public let source: String
  /// How many samples were compared on.
  public let samples: Int
  /// How many were set aside before, and not looked at.
  public let setAside: Int
  /// Number of folds.
  public let folds: Int
  /// The score: `balanced_accuracy` of classes, `root_mean_squared_error` of numbers.
  public let figure: String
  /// Whether a greater score is better.
  public let isBetterGreater: Bool
  /// In the order in which the learners were given, the simplest first.
  public let entries: [Entry]

  /// The entry of the best score.
  public var best: Entry { entries[Self.best(entries.map(\.score.value), isBetterGreater)] }

  /// The first entry that the best is not measurably better than: the simplest that will do.
  public var recommended: Entry {
    entries.first { entry in
      entry.behind.map { $0.interval.lower <= 0 && $0.interval.upper >= 0 } ?? true
    } ?? best
  }

  /// Fits and judges every learner on the same folds.
  ///
  /// - Parameters:
  ///   - data: The samples.
  ///   - contestants: The learners, the simplest first; the usual ones of such samples if nil.
  ///   - folds: How many, at least 2.
  ///   - seed: Decides folds, fits and resamples.
  ///   - observe: Called with each learner's title before its turn.
  /// - Throws: `WorkflowError.comparison` for targets other than classes or numbers; what learners
  ///   throw, with their title.
  public init(
    _ data: ComparedData, _ contestants: [Contestant]? = nil, folds: Int = 5, seed: Seed = 0,
    rules: RuleList? = nil, observe: @Sendable (String) -> Void = { _ in }
  ) async throws {
    let truth = try Truth(data.samples)
    let contestants =
      contestants
      ?? Contestant.usual(
        isClassification: truth.isClassification, isPictures: data.isPictures, rules: rules)
    var runs: [(contestant: Contestant, outcome: CrossValidation, size: Int, answers: [Double])] =
      []
    for contestant in contestants {
      observe(contestant.title)
      let recorder = FitRecorder()
      let outcome = try await Self.validate(
        recorder.recording(contestant.learner), data.samples, folds: folds, seed: seed,
        isClassification: truth.isClassification)
      let fitted = try recorder.fitted(contestant.title)
      runs.append(
        (contestant, outcome, fitted.bytes, try truth.answers(of: outcome, fitted.output)))
    }
    let bootstrap = try Bootstrap(seed: seed.child("bootstrap"), resamples: 1000)
    let scores = runs.map { run in { truth.score(run.answers, at: $0) } }
    let all = Array(0..<data.samples.count)
    let best = Self.best(scores.map { $0(all) }, truth.isClassification)
    var entries: [Entry] = []
    for (place, run) in runs.enumerated() {
      guard let score = try bootstrap.estimate(count: all.count, of: { scores[place]($0) }) else {
        throw WorkflowError.comparison(
          "\(run.contestant.title) has no score on these samples. Compare on more of them")
      }
      let behind =
        place == best
        ? nil
        : try PairedComparison(
          count: all.count, bootstrap: bootstrap, isBetterGreater: truth.isClassification,
          first: scores[place], second: scores[best]
        ).difference
      entries.append(
        Entry(
          title: run.contestant.title, learner: run.outcome.learner, score: score,
          figures: Dictionary(
            uniqueKeysWithValues: run.outcome.names.compactMap { name in
              run.outcome.summary(name).map { (name, $0.mean) }
            }), fitSeconds: run.outcome.fitSeconds,
          predictSeconds: run.outcome.predictSeconds * Double(folds) / Double(all.count),
          weightBytes: run.size, behind: behind))
    }
    self.entries = entries
    source = data.source
    samples = data.samples.count
    setAside = data.setAside
    self.folds = folds
    figure = truth.isClassification ? "balanced_accuracy" : "root_mean_squared_error"
    isBetterGreater = truth.isClassification
  }

  private static func validate(
    _ learner: some Learner, _ samples: some FoldableData, folds: Int, seed: Seed,
    isClassification: Bool
  ) async throws -> CrossValidation {
    let shuffle = seed.child("folds")
    return isClassification
      ? try await crossValidate(
        learner, samples, by: StratifiedKFold(folds, shuffle: shuffle), seed: seed)
      : try await crossValidate(learner, samples, by: KFold(folds, shuffle: shuffle), seed: seed)
  }

  private static func best(_ scores: [Double], _ isBetterGreater: Bool) -> Int {
    scores.indices.reduce(0) {
      (isBetterGreater ? scores[$1] > scores[$0] : scores[$1] < scores[$0]) ? $1 : $0
    }
  }
}

/// What is true of the samples, and how answers are scored by it.
private struct Truth {
  let isClassification: Bool
  /// Classes by their places, or numbers.
  private let values: [Double]
  private let classCount: Int

  init(_ samples: any FoldableData) throws {
    if let classes = samples.classes {
      isClassification = true
      values = classes.indices.map(Double.init)
      classCount = classes.labels.count
    } else {
      let all = try samples.cut(train: Array(0..<samples.count), held: []).train
      guard let numbers = all.numbers else {
        throw WorkflowError.comparison(
          "the target is neither classes nor numbers. Choose another one")
      }
      (isClassification, values, classCount) = (false, numbers, 0)
    }
  }

  /// One number for each sample: its class, or the number itself.
  func answers(of outcome: CrossValidation, _ output: ModelOutput) throws -> [Double] {
    guard let tensor = outcome.predictions[output.name] else { return [] }
    if let classes = try output.classes(of: tensor) { return classes.map(Double.init) }
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
    var (hits, supports) = (
      [Double](repeating: 0, count: classCount), [Double](repeating: 0, count: classCount)
    )
    for place in places {
      let label = Int(values[place])
      supports[label] += 1
      if answers[place] == values[place] { hits[label] += 1 }
    }
    let recalls = zip(hits, supports).filter { $0.1 > 0 }.map { $0.0 / $0.1 }
    return recalls.reduce(0, +) / Double(recalls.count)
  }
}

/// Remembers how large a learner's last model was, and what its output means.
private final class FitRecorder: Sendable {
  private let last = Mutex<(bytes: Int, output: ModelOutput)?>(nil)

  func recording(_ learner: any Learner) -> NamedLearner {
    NamedLearner(learner.name) { data, seed in
      let model = try await learner.fit(data, seed: seed)
      let bytes = model.weights.values.reduce(0) { $0 + $1.byteCount }
      self.last.withLock { $0 = (bytes, model.signature.outputs[0]) }
      return model
    }
  }

  func fitted(_ title: String) throws -> (bytes: Int, output: ModelOutput) {
    guard let fitted = last.withLock({ $0 }) else {
      throw WorkflowError.comparison("\(title) was not fitted")
    }
    return fitted
  }
}

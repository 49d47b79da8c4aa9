public import MoruData
public import MoruLearners
public import MoruMetrics
internal import MoruModels
public import MoruTensors
internal import MoruTraining
internal import Synchronization

/// Learners judged alike: by the answers that each gave in a cross-validation for samples that it had
/// not learned from.
///
/// Classes count alike, however often they occur: an answer is the class whose probability is greatest
/// beside its share of the samples, which makes the most of the balanced accuracy.
public struct LearnerComparison: Sendable {
  /// What a learner came to.
  public struct Entry: Sendable, Codable, Equatable {
    /// Such as `linear`.
    public let title: String
    /// The learner's name, such as `logistic regression`.
    public let learner: String
    /// How what it learned from was balanced; nil where that does not matter.
    public let balance: BalanceMethod?
    /// The score of all answers together, with its interval over the samples.
    public let score: Estimate
    /// What the same answers came to beside the score; nil for numbers.
    public let classes: ComparedClasses?
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
  /// Columns of a table that were not learned from.
  public let leftOut: [FeatureChoice.LeftOut]
  /// Columns of a table of which cells were filled.
  public let filled: [ComparedData.FilledColumn]
  /// What pictures were brought to; nil if nothing was done.
  public let resizedTo: ComparedData.ImageSize?
  /// The ways in which classes were balanced for learning, and why those; nil for numbers.
  public let balances: (methods: [BalanceMethod], reason: String)?
  /// Of two classes the rarer one, and the other.
  public let pair: (rarer: String, other: String)?
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
  ///   - balances: The ways to balance classes for learning, each of which is compared.
  ///   - seed: Decides folds, fits and resamples.
  ///   - observe: Called with each learner's title before its turn.
  /// - Throws: `WorkflowError.comparison` for targets other than classes or numbers, for a single class,
  ///   and a way to balance that does not go with them; what learners throw.
  public init(
    _ data: ComparedData, _ contestants: [Contestant]? = nil, folds: Int = 5,
    balances: [BalanceMethod] = [.automatic], seed: Seed = 0, rules: RuleList? = nil,
    observe: @Sendable (String) -> Void = { _ in }
  ) async throws {
    let truth = try ComparedTruth(data.samples)
    try truth.check(source: data.source)
    let ways = try Self.ways(balances, truth)
    let contestants =
      contestants
      ?? Contestant.usual(
        isClassification: truth.isClassification, isPictures: data.isPictures, rules: rules)
    var runs: [Run] = []
    for contestant in contestants {
      let isBalanced = contestant.isBalanced && truth.isClassification
      for way in isBalanced ? ways.methods : [BalanceMethod.none] {
        let title = contestant.title + (isBalanced && ways.methods.count > 1 ? ", \(way)" : "")
        observe(title)
        let recorder = FitRecorder()
        let outcome = try await Self.validate(
          recorder.recording(contestant.learner(way)), data.samples, folds: folds, seed: seed,
          isClassification: truth.isClassification)
        let fitted = try recorder.fitted(title)
        runs.append(
          Run(
            title: title, balance: isBalanced ? way : nil, outcome: outcome, bytes: fitted.bytes,
            answers: try truth.answers(of: outcome, fitted.output)))
      }
    }
    let bootstrap = try Bootstrap(seed: seed.child("bootstrap"), resamples: 1000)
    let scores = runs.map { run in { truth.score(run.answers, at: $0) } }
    let all = Array(0..<data.samples.count)
    let best = Self.best(scores.map { $0(all) }, truth.isClassification)
    var entries: [Entry] = []
    for (place, run) in runs.enumerated() {
      guard let score = try bootstrap.estimate(count: all.count, of: { scores[place]($0) }) else {
        throw WorkflowError.comparison(
          "\(run.title) has no score on these samples. Compare on more of them")
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
          title: run.title, learner: run.outcome.learner, balance: run.balance, score: score,
          classes: try truth.classes(run.answers),
          figures: Dictionary(
            uniqueKeysWithValues: run.outcome.names.compactMap { name in
              run.outcome.summary(name).map { (name, $0.mean) }
            }), fitSeconds: run.outcome.fitSeconds,
          predictSeconds: run.outcome.predictSeconds * Double(folds) / Double(all.count),
          weightBytes: run.bytes, behind: behind))
    }
    self.entries = entries
    source = data.source
    samples = data.samples.count
    setAside = data.setAside
    (leftOut, filled, resizedTo) = (data.leftOut, data.filled, data.resizedTo)
    self.balances = truth.isClassification ? ways : nil
    pair = truth.pair
    self.folds = folds
    figure = truth.isClassification ? "balanced_accuracy" : "root_mean_squared_error"
    isBetterGreater = truth.isClassification
  }

  /// What a learner came to before it is scored.
  private struct Run {
    let title: String
    let balance: BalanceMethod?
    let outcome: CrossValidation
    let bytes: Int
    let answers: [Double]
  }

  /// Each way once, `automatic` as what it comes to for all samples.
  private static func ways(
    _ balances: [BalanceMethod], _ truth: ComparedTruth
  ) throws -> (methods: [BalanceMethod], reason: String) {
    guard truth.isClassification else {
      guard balances.allSatisfy({ $0 == .automatic || $0 == .none }) else {
        throw WorkflowError.comparison(
          "only classes are balanced, and the target holds numbers. Leave out --balance")
      }
      return ([.none], "the targets are not classes")
    }
    guard !balances.contains(.cost) else {
      throw WorkflowError.comparison(
        "cost needs the costs of mistakes. Use it with moru train, or choose another way")
    }
    let chosen = BalanceMethod.chosen(counts: truth.counts, labels: truth.labels)
    var methods: [BalanceMethod] = []
    for method in balances.map({ $0 == .automatic ? chosen.0 : $0 }) where !methods.contains(method)
    {
      methods.append(method)
    }
    return (methods, balances == [.automatic] ? chosen.1 : "as asked for")
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

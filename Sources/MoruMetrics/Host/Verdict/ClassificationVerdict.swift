public import MoruTensors

/// Everything that is said of a classifier on samples whose classes are known.
///
/// Where one class is looked for, such as the defect among good parts, its recall and the precision of
/// the others stand first; accuracy stands last, since always answering the frequent class has a high
/// one.
public struct ClassificationVerdict: Codable, Sendable, Equatable {
  /// What the verdict is to be given for.
  public struct Setting: Sendable, Equatable {
    /// The class that is looked for; nil where all matter alike.
    public var positive: Int?
    /// What answers cost; nil if nobody says.
    public var costs: CostMatrix?
    /// The field's class ratio; the samples' own if nil.
    public var field: ClassShares?
    /// How scores become answers.
    public var rule: DecisionRule
    /// Decides the resamples behind intervals.
    public var seed: Seed

    /// What the verdict is to be given for.
    public init(
      positive: Int? = nil, costs: CostMatrix? = nil, field: ClassShares? = nil,
      rule: DecisionRule = .greatest, seed: Seed
    ) {
      self.positive = positive
      self.costs = costs
      self.field = field
      self.rule = rule
      self.seed = seed
    }
  }

  /// A class against all others.
  public struct ClassEntry: Codable, Sendable, Equatable {
    /// The class's name.
    public let label: String
    /// Its counts.
    public let counts: BinaryCounts
    /// Precision and recall with Wilson's intervals; nil where nothing is divided by nothing.
    public let precision: Estimate?
    /// As precision.
    public let recall: Estimate?
    /// The area under its receiver operating characteristic; nil without scores or samples.
    public let rocAUC: Estimate?
  }

  /// The curves of a class.
  public struct Curves: Codable, Sendable, Equatable {
    /// The class's name.
    public let label: String
    /// Recall over the false positive rate.
    public let roc: Curve
    /// Precision over recall.
    public let precisionRecall: Curve
    /// The share of the class found over the share of samples looked at.
    public let gain: Curve
  }

  /// What the answers cost at the field's ratio.
  public struct Costs: Codable, Sendable, Equatable {
    /// What answers cost.
    public let matrix: CostMatrix
    /// The mean cost of a sample by the rule in force.
    public let expected: Estimate
    /// The mean cost if the class of the greatest score were always answered.
    public let ofGreatestScore: Double
    /// The class whose name for every sample costs least, and what it costs.
    public let cheapestConstant: String
    /// What that costs.
    public let ofCheapestConstant: Double
  }

  /// The classes' names.
  public let labels: [String]
  /// The number of samples.
  public let samples: Int
  /// The name of the class that is looked for; nil where all matter alike.
  public let positive: String?
  /// The class ratio that figures are restated at; nil for the samples' own.
  public let field: ClassShares?
  /// How scores became answers.
  public let rule: DecisionRule
  /// The figures that stand first, in order.
  public let headline: [VerdictEntry]
  /// Further figures.
  public let others: [VerdictEntry]
  /// Who is taken for whom.
  public let matrix: ConfusionMatrix
  /// Each class against all others.
  public let classes: [ClassEntry]
  /// The class that the baseline always answers: the most frequent one.
  public let baselineLabel: String
  /// Costs; nil if nobody says what answers cost.
  public let costs: Costs?
  /// Curves of the class looked for, or of every class if they are few; empty without scores.
  public let curves: [Curves]
  /// Whether probabilities mean what they say; nil without probabilities.
  public let calibration: CalibrationCurve?

  /// At most so many classes have curves of their own.
  public static let maximumCurves = 10

  /// Judges answers.
  ///
  /// - Parameters:
  ///   - truth: The class of each sample.
  ///   - scores: The model's scores, one column for each class.
  ///   - areProbabilities: Whether scores are probabilities, which log loss, Brier score and calibration
  ///     need.
  ///   - labels: The classes' names.
  ///   - setting: What the verdict is to be given for.
  /// - Throws: `MetricsError` for what does not fit.
  public init(
    truth: [Int], scores: NumberTable, areProbabilities: Bool, labels: [String], setting: Setting
  ) throws(MetricsError) {
    let predicted = try setting.rule.answers(to: scores)
    let matrix = try ConfusionMatrix(truth: truth, predicted: predicted, labels: labels)
    try scores.check(truth: truth, weights: nil)
    if let positive = setting.positive, !labels.indices.contains(positive) {
      throw .classOutOfRange(
        side: .truth, position: 0, value: positive, classCount: labels.count)
    }
    let supports = matrix.supports
    let frequent = supports.indices.reduce(0) { supports[$1] > supports[$0] ? $1 : $0 }
    let ranked = try RankedClasses(
      truth: truth, scores: scores, places: setting.positive.map { [$0] } ?? Array(labels.indices))
    let drafts = Drafts(
      matrix: matrix,
      baseline: try ConfusionMatrix(
        truth: truth, predicted: truth.map { _ in frequent }, labels: labels), setting: setting)
    let overall = try drafts.overall()
    let probabilities =
      areProbabilities
      ? try Self.properScores(truth, scores, setting.seed.child("scores")) : []
    let areas = ranked.areas(labels, seed: setting.seed.child("areas"))
    let leading =
      try setting.positive.map { place throws(MetricsError) in
        try drafts.leading(place)
      } ?? []
    self.labels = labels
    samples = truth.count
    positive = setting.positive.map { labels[$0] }
    field = setting.field
    rule = setting.rule
    headline = leading + overall.first + (setting.positive == nil ? [] : areas)
    others = overall.others + (setting.positive == nil ? areas : []) + probabilities
    self.matrix = matrix
    classes = ClassificationFigures(matrix).classes.enumerated().map { place, counts in
      ClassEntry(
        label: labels[place], counts: counts,
        precision: BinaryFigure.precision.estimate(counts),
        recall: BinaryFigure.recall.estimate(counts),
        rocAUC: ranked.sweeps[place]?.rocAUCEstimate)
    }
    baselineLabel = labels[frequent]
    costs = try drafts.costs(overall.cost, greatest: scores.best, truth: truth)
    curves =
      labels.count <= Self.maximumCurves || setting.positive != nil
      ? ranked.curves(labels) : []
    calibration =
      if !areProbabilities {
        nil
      } else if let place = setting.positive {
        try CalibrationCurve(truth: truth.map { $0 == place }, probabilities: scores.column(place))
      } else {
        try CalibrationCurve(truth: truth, probabilities: scores)
      }
  }

  private static func properScores(
    _ truth: [Int], _ scores: NumberTable, _ seed: Seed
  ) throws(MetricsError) -> [VerdictEntry] {
    let bootstrap = Bootstrap(seed: seed, forSamples: truth.count)
    let rows = scores.rows
    let single = try (0..<rows).map { row throws(MetricsError) in
      let sample = NumberTable(checked: Array(scores[row]), width: scores.width)
      return (
        try sample.logLoss(truth: [truth[row]]), try sample.brierScore(truth: [truth[row]])
      )
    }
    func estimate(_ values: [Double]) throws(MetricsError) -> Estimate? {
      try bootstrap.estimate(count: rows) { places in
        places.reduce(0) { $0 + values[$1] } / Double(rows)
      }
    }
    let found: [(VerdictFigure, Estimate?)] = [
      (.logLoss, try estimate(single.map(\.0))), (.brierScore, try estimate(single.map(\.1))),
    ]
    return found.compactMap { figure, estimate in estimate.map { VerdictEntry(figure, $0) } }
  }
}

/// The sweeps of classes, each against all others.
private struct RankedClasses {
  let sweeps: [Int: ThresholdSweep]

  init(truth: [Int], scores: NumberTable, places: [Int]) throws(MetricsError) {
    var sweeps: [Int: ThresholdSweep] = [:]
    for place in places {
      sweeps[place] = try ThresholdSweep(
        truth: truth.map { $0 == place }, scores: scores.column(place))
    }
    self.sweeps = sweeps
  }

  /// Areas of the only class, or of one of two.
  func areas(_ labels: [String], seed: Seed) -> [VerdictEntry] {
    guard let place = sweeps.count == 1 ? sweeps.keys.first : labels.count == 2 ? 1 : nil,
      let sweep = sweeps[place]
    else { return [] }
    let bootstrap = Bootstrap(seed: seed, forSamples: Int(sweep.positives + sweep.negatives))
    let found: [(VerdictFigure, Estimate?, Double)] = [
      (.rocAUC, sweep.rocAUCEstimate, 0.5),
      (
        .averagePrecision, sweep.estimate(of: \.averagePrecision, bootstrap: bootstrap),
        ratio(sweep.positives, sweep.positives + sweep.negatives)
      ),
    ]
    return found.compactMap { figure, estimate, chance in
      estimate.map { VerdictEntry(figure, of: labels[place], $0, baseline: chance) }
    }
  }

  func curves(_ labels: [String]) -> [ClassificationVerdict.Curves] {
    // Of two classes one curve says all.
    let places = labels.count == 2 && sweeps.count == 2 ? [1] : sweeps.keys.sorted()
    return places.compactMap { place in
      guard let sweep = sweeps[place], let roc = try? sweep.rocCurve(),
        let precisionRecall = try? sweep.precisionRecallCurve(), let gain = try? sweep.gainCurve()
      else { return nil }
      return .init(
        label: labels[place], roc: roc.thinned(to: 200),
        precisionRecall: precisionRecall.thinned(to: 200), gain: gain.thinned(to: 200))
    }
  }
}

/// Figures of the matrix, with intervals, beside the baseline's.
private struct Drafts {
  let matrix: ConfusionMatrix
  let baseline: ConfusionMatrix
  let setting: ClassificationVerdict.Setting

  private var bootstrap: Bootstrap {
    Bootstrap(seed: setting.seed.child("matrix"), forSamples: 25_000)
  }

  private func restated(_ matrix: ConfusionMatrix) throws(MetricsError) -> ClassificationFigures {
    let figures = ClassificationFigures(matrix)
    return if let field = setting.field { try figures.restated(at: field) } else { figures }
  }

  /// The figures of the class that is looked for: its recall, the precision of all others, then the
  /// rest.
  func leading(_ place: Int) throws(MetricsError) -> [VerdictEntry] {
    let own = ClassificationFigures(matrix).counts(of: place)
    let field = try restated(matrix).counts(of: place)
    let known = try restated(baseline).counts(of: place)
    let figures: [(VerdictFigure, BinaryFigure)] = [
      (.recall, .recall), (.negativePredictiveValue, .negativePredictiveValue),
      (.precision, .precision), (.specificity, .specificity), (.f1, .f1),
    ]
    let drawn = try matrix.estimates(
      of: figures.map { figure in { figure.1.value($0.counts(of: place)) } }, at: setting.field,
      bootstrap: bootstrap)
    var entries: [VerdictEntry] = []
    for ((name, figure), drawn) in zip(figures, drawn) {
      // Rates within a true class do not change with the classes' ratio.
      let isUnchanged = setting.field == nil || name == .recall || name == .specificity
      guard let estimate = isUnchanged ? figure.estimate(own) ?? drawn : drawn else { continue }
      if let share = figure.share(field), share.whole == 0 { continue }
      entries.append(
        VerdictEntry(
          name, of: matrix.labels[place], estimate, baseline: figure.value(known)))
    }
    return entries
  }

  /// The figures of all classes together.
  func overall() throws(MetricsError) -> (
    first: [VerdictEntry], others: [VerdictEntry], cost: Estimate?
  ) {
    let costs = setting.costs
    if let costs { try costs.check(matrix.labels.count) }
    let figures: [(VerdictFigure, (ClassificationFigures) -> Double)] = [
      (.balancedAccuracy, \.balancedAccuracy), (.matthewsCorrelation, \.matthewsCorrelation),
      (.macroF1, { $0.average(.macro, of: \.f1) }), (.accuracy, \.accuracy),
      (.weightedF1, { $0.average(.weighted, of: \.f1) }), (.cohenKappa, { $0.cohenKappa() }),
      (.errorRate, \.errorRate),
    ]
    let drawn = try matrix.estimates(
      of: figures.map { figure in { figure.1($0) } } + [{ table in costs.map(table.cost) }],
      at: setting.field, bootstrap: bootstrap)
    let known = try restated(baseline)
    let entries = zip(figures, drawn).compactMap { figure, estimate in
      estimate.map { VerdictEntry(figure.0, $0, baseline: figure.1(known)) }
    }
    let cost = drawn.last ?? nil
    let costEntry = cost.map { cost in
      VerdictEntry(.expectedCost, cost, baseline: costs.map(known.cost))
    }
    return ((costEntry.map { [$0] } ?? []) + entries.prefix(4), Array(entries.dropFirst(4)), cost)
  }

  func costs(
    _ expected: Estimate?, greatest: [Int], truth: [Int]
  ) throws(MetricsError) -> ClassificationVerdict.Costs? {
    guard let costs = setting.costs, let expected else { return nil }
    let plain = try restated(
      ConfusionMatrix(truth: truth, predicted: greatest, labels: matrix.labels))
    let shares = try restated(matrix).supports
    let total = shares.reduce(0, +)
    let constants = matrix.labels.indices.map { column in
      zip(shares, costs.costs).reduce(0) { $0 + $1.0 * $1.1[column] } / total
    }
    let best = constants.indices.reduce(0) { constants[$1] < constants[$0] ? $1 : $0 }
    return .init(
      matrix: costs, expected: expected, ofGreatestScore: plain.cost(costs),
      cheapestConstant: matrix.labels[best], ofCheapestConstant: constants[best])
  }
}

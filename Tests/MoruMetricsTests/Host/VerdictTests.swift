import Foundation
import MoruMetrics
import MoruTensors
import Testing

@Suite("Verdicts") struct VerdictTests {
  /// 990 good parts and 10 defects; a model that finds 8 of them and raises 20 false alarms.
  private static func samples() throws -> (truth: [Int], scores: NumberTable) {
    let truth = (0..<1000).map { $0 < 10 ? 1 : 0 }
    var yes = [Double](repeating: 0.01, count: 1000)
    for place in 0..<30 { yes[place] = place < 8 ? 0.9 : 0.6 }
    (yes[8], yes[9]) = (0.3, 0.3)
    return (truth, try NumberTable(positive: yes))
  }

  private static func verdict(
    _ setting: ClassificationVerdict.Setting
  ) throws -> ClassificationVerdict {
    let (truth, scores) = try samples()
    return try ClassificationVerdict(
      truth: truth, scores: scores, areProbabilities: true, labels: ["양품", "불량"],
      setting: setting)
  }

  private func entry(
    _ verdict: ClassificationVerdict, _ figure: VerdictFigure
  ) throws -> VerdictEntry {
    try #require((verdict.headline + verdict.others).first { $0.figure == figure })
  }

  @Test("begin with the recall of the class looked for, and end with accuracy beside the baseline")
  func order() throws {
    let verdict = try Self.verdict(.init(positive: 1, seed: 1))
    let names = verdict.headline.map(\.figure)
    #expect(Array(names.prefix(3)) == [.recall, .negativePredictiveValue, .precision])
    #expect(names.first != .accuracy && names.contains(.accuracy))
    #expect(names.firstIndex(of: .accuracy) ?? 0 > names.firstIndex(of: .balancedAccuracy) ?? 99)
    let recall = try entry(verdict, .recall)
    #expect(recall.estimate.value == 0.8 && recall.baseline == 0 && recall.label == "불량")
    #expect(recall.estimate.interval == (try .wilson(successes: 8, of: 10)))
    #expect(try entry(verdict, .negativePredictiveValue).estimate.value == 970.0 / 972)
    // The model is less often right than always answering "good", and still the better one.
    let accuracy = try entry(verdict, .accuracy)
    #expect(accuracy.estimate.value == 0.978 && accuracy.baseline == 0.99)
    #expect(try entry(verdict, .balancedAccuracy).baseline == 0.5)
    for entry in verdict.headline + verdict.others {
      let estimate = entry.estimate
      #expect(
        estimate.interval.lower <= estimate.value && estimate.value <= estimate.interval.upper)
    }
    #expect(verdict.curves.map(\.label) == ["불량"])
    #expect(verdict.classes.map(\.counts.truePositives) == [970, 8])
  }

  @Test("restate precision, accuracy and cost at the field's ratio, but not recall")
  func field() throws {
    let costs = try CostMatrix(stakes: [1, 10])
    let verdict = try Self.verdict(
      .init(positive: 1, costs: costs, field: ClassShares(positive: 0.001), seed: 1))
    #expect(try entry(verdict, .recall).estimate.interval.method == .wilson)
    let found = try entry(verdict, .precision).estimate.value
    let falseAlarms = 0.999 * 20 / 990
    #expect(abs(found - 0.0008 / (0.0008 + falseAlarms)) < 1e-12)
    let cost = try #require(verdict.costs)
    let (ofDefects, ofGood) = (0.001 * 10 * (0.2 - 0.8), falseAlarms - 0.999 * 970 / 990)
    #expect(abs(cost.expected.value - (ofDefects + ofGood)) < 1e-12)
    #expect(cost.cheapestConstant == "양품")
    #expect(abs(cost.ofCheapestConstant - (0.01 - 0.999)) < 1e-12)
    #expect(cost.ofGreatestScore == cost.expected.value)
    #expect(try entry(verdict, .expectedCost).estimate == cost.expected)
  }

  @Test("use the rule of least cost, chosen on other samples")
  func rule() throws {
    let (truth, scores) = try Self.samples()
    let costs = try CostMatrix(stakes: [1, 10])
    let rule = try DecisionRule(truth: truth, scores: scores, costs: costs)
    guard case .threshold(let threshold, of: 1) = rule else {
      Issue.record("no threshold")
      return
    }
    #expect(threshold > 0.6 && threshold < 0.9)
    let verdict = try Self.verdict(.init(positive: 1, costs: costs, rule: rule, seed: 1))
    #expect(verdict.matrix.counts == [[990, 0], [2, 8]])
    let three = try NumberTable(rows: [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
    let cheapest = try DecisionRule(
      truth: [0, 1, 2], scores: three,
      costs: CostMatrix(costs: [[0, 1, 1], [1, 0, 1], [50, 50, 0]]))
    #expect(try cheapest.answers(to: three) == [2, 2, 2])
    #expect(try DecisionRule.greatest.answers(to: three) == [0, 1, 2])
    #expect(try rule.answers(to: three) == [0, 2, 2])
    #expect(throws: MetricsError.self) { try DecisionRule.threshold(0.5, of: 3).answers(to: three) }
  }

  @Test("of many classes, of scores that are no probabilities, and of one class only")
  func others() throws {
    let scores = try NumberTable(rows: [[3, 1, 0], [0, 2, 5], [1, 9, 2], [4, 0, 0]])
    let many = try ClassificationVerdict(
      truth: [0, 2, 1, 1], scores: scores, areProbabilities: false, labels: ["a", "b", "c"],
      setting: .init(seed: 1))
    #expect(many.headline.first?.figure == .balancedAccuracy)
    #expect(many.calibration == nil)
    #expect(!many.others.contains { $0.figure == .logLoss })
    #expect(many.curves.count == 3)
    let one = try ClassificationVerdict(
      truth: [0, 0], scores: NumberTable(positive: [0.1, 0.7]), areProbabilities: true,
      labels: ["a", "b"], setting: .init(positive: 1, seed: 1))
    #expect(one.curves.isEmpty)
    #expect(!one.headline.contains { $0.figure == .recall || $0.figure == .rocAUC })
    #expect(one.classes[1].recall == nil)
    #expect(throws: MetricsError.self) { try Self.verdict(.init(positive: 2, seed: 1)) }
    #expect(throws: MetricsError.self) {
      try Self.verdict(.init(costs: CostMatrix(stakes: [1, 1, 1]), seed: 1))
    }
  }

  @Test("of numbers stand beside the mean")
  func numbers() throws {
    let truth = (0..<50).map(Double.init)
    let verdict = try RegressionVerdict(
      truth: truth, predicted: truth.map { $0 + ($0 == 3 ? 10 : 1) }, seed: 1)
    #expect(verdict.baselineAnswer == 24.5)
    #expect(verdict.headline.map(\.figure) == [.meanAbsoluteError, .rootMeanSquaredError, .r2])
    #expect(verdict.headline[0].baseline == 12.5)
    #expect(verdict.others.first { $0.figure == .maxError }?.estimate.value == 10)
    #expect(verdict.others.first { $0.figure == .bias }?.estimate.value == 1.18)
    #expect(verdict.points.count == 50)
    let constant = try RegressionVerdict(truth: [1, 1], predicted: [1, 2], seed: 1)
    #expect(!constant.headline.contains { $0.figure == .r2 })
    #expect(throws: MetricsError.noSamples) {
      try RegressionVerdict(truth: [], predicted: [], seed: 1)
    }
  }

  @Test("survive JSON")
  func json() throws {
    let verdict = try Self.verdict(
      .init(
        positive: 1, costs: CostMatrix(stakes: [1, 10]), field: ClassShares(positive: 0.01), seed: 1
      ))
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let copy = try decoder.decode(ClassificationVerdict.self, from: encoder.encode(verdict))
    #expect(copy == verdict)
  }

  @Test("bound the average precision by resampling sorted places")
  func averagePrecision() throws {
    let (truth, scores) = try Self.samples()
    let sweep = try ThresholdSweep(truth: truth.map { $0 == 1 }, scores: scores.column(1))
    let yes = scores.column(1)
    let bootstrap = try Bootstrap(seed: 5, resamples: 500)
    let fast = try #require(sweep.estimate(of: \.averagePrecision, bootstrap: bootstrap))
    let plain = try #require(
      try bootstrap.estimate(count: truth.count) { places in
        try? ThresholdSweep(
          truth: places.map { truth[$0] == 1 }, scores: places.map { yes[$0] }
        ).averagePrecision
      })
    #expect(abs(fast.value - plain.value) < 1e-12)
    #expect(abs(fast.interval.lower - plain.interval.lower) < 0.05)
    #expect(abs(fast.interval.upper - plain.interval.upper) < 0.05)
  }
}

import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("Figures of quantities") struct QuantityTests {
  @Test("are those of scikit-learn", arguments: verdictCases("quantities"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let figures = try RegressionFigures(
      truth: file.numbers("truth"), predicted: file.numbers("predicted"), weights: file.weights())
    let found = [
      figures.bias, figures.meanAbsoluteError, figures.meanSquaredError,
      figures.rootMeanSquaredError, figures.maxError, figures.medianAbsoluteError,
      figures.meanAbsolutePercentageError,
    ]
    for (found, expected) in zip(found, try file.numbers("figures")) {
      #expect(close([found], [expected]))
    }
    let explained = [figures.r2, figures.explainedVariance, figures.d2AbsoluteError]
    #expect(close(explained.map { $0 ?? .nan }, try file.numbers("explained")), "\(explained)")
    let pinball = try [0.1, 0.5, 0.9].flatMap {
      [try figures.pinballLoss(alpha: $0), try figures.d2Pinball(alpha: $0) ?? .nan]
    }
    #expect(close(pinball, try file.numbers("pinball")), "\(pinball)")
    let powers = try file.config.value("powers").list().map { try $0.number() }
    let tweedie = try powers.flatMap {
      [try figures.tweedieDeviance(power: $0), try figures.d2Tweedie(power: $0) ?? .nan]
    }
    for (found, expected) in zip(tweedie, try file.numbers("tweedie")) {
      #expect(close([found], [expected]))
    }
    if file.tensors["logarithmic"] != nil {
      #expect(
        close([try figures.meanSquaredLogarithmicError()], try file.numbers("logarithmic")))
    }
  }

  @Test("are undefined where the truth does not vary")
  func constant() throws {
    for truth in [[0.1, 0.1, 0.1], [2]] {
      let figures = try RegressionFigures(truth: truth, predicted: truth.map { $0 + 1 })
      #expect(figures.r2 == nil)
      #expect(figures.explainedVariance == nil)
      #expect(figures.d2AbsoluteError == nil)
      #expect(try figures.d2Pinball() == nil)
      #expect(try figures.d2Tweedie() == nil)
      #expect(abs(figures.meanAbsoluteError - 1) < 1e-12)
      #expect(abs(figures.medianAbsoluteError - 1) < 1e-12)
    }
  }

  @Test("refuse values and settings that they are not defined for")
  func refusals() throws {
    let figures = try RegressionFigures(truth: [1, -1], predicted: [0, 2])
    #expect(throws: MetricsError.self) { try figures.meanSquaredLogarithmicError() }
    #expect(throws: MetricsError.self) { try figures.tweedieDeviance(power: 1) }
    #expect(throws: MetricsError.self) { try figures.tweedieDeviance(power: 2) }
    #expect(throws: MetricsError.self) { try figures.tweedieDeviance(power: -1) }
    let power = #expect(throws: MetricsError.self) { try figures.tweedieDeviance(power: 0.5) }
    #expect(power?.description == "power is 0.5. Choose at most 0 or at least 1.")
    #expect(throws: MetricsError.self) { try figures.pinballLoss(alpha: 2) }
    #expect(throws: MetricsError.notFinite(side: .truth, position: 0)) {
      try RegressionFigures(truth: [.nan], predicted: [0])
    }
    #expect(throws: MetricsError.noSamples) { try RegressionFigures(truth: [], predicted: []) }
  }
}

@Suite("Figures of rankings") struct RankingTests {
  @Test("are those of scikit-learn", arguments: verdictCases("ranking"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let (scores, relevance) = (try file.table("scores"), try file.table("relevance"))
    let (truth, weights) = (try file.table("truth"), try file.weights())
    let gains = try [nil, 1, 3].flatMap { k in
      [
        try scores.discountedCumulativeGain(relevance: relevance, k: k, weights: weights),
        try scores.normalizedDiscountedCumulativeGain(
          relevance: relevance, k: k, weights: weights),
      ]
    }
    #expect(close(gains, try file.numbers("gains")), "\(gains)")
    let labels = [
      try scores.labelRankingAveragePrecision(truth: truth, weights: weights),
      try scores.coverageError(truth: truth, weights: weights),
      try scores.labelRankingLoss(truth: truth, weights: weights),
    ]
    #expect(close(labels, try file.numbers("labels")), "\(labels)")
  }

  @Test("refuse tables that do not fit")
  func refusals() throws {
    let scores = try NumberTable(rows: [[1, 2], [3, 4]])
    #expect(throws: MetricsError.self) {
      try scores.coverageError(truth: NumberTable(rows: [[1], [0]]))
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 2)) {
      try scores.labelRankingLoss(truth: NumberTable(rows: [[1, 0]]))
    }
    #expect(throws: MetricsError.notAnAnswer(position: 1, label: 0, value: 2)) {
      try scores.labelRankingAveragePrecision(truth: NumberTable(rows: [[1, 0], [2, 0]]))
    }
    let negative = try NumberTable(rows: [[1, 0], [-2, 0]])
    #expect(throws: MetricsError.self) {
      try scores.normalizedDiscountedCumulativeGain(relevance: negative)
    }
    #expect(throws: MetricsError.self) {
      try scores.discountedCumulativeGain(relevance: negative, k: 0)
    }
  }
}

import Foundation
import MoruMetrics
import MoruTensors
import Testing

@Test func regressionScoresAreThoseOfScikitLearn() throws {
  for fixture in try Fixtures.load().regression {
    let report = try RegressionReport(
      truth: fixture.truth, predicted: fixture.predicted, seed: 1)
    let found = [
      "meanAbsoluteError": report.meanAbsoluteError.value,
      "rootMeanSquaredError": report.rootMeanSquaredError.value,
      "r2": try #require(report.r2).value,
    ]
    for (name, expected) in fixture.scores {
      #expect(agree([try #require(found[name])], [expected]), "\(fixture.name) \(name)")
    }
  }
}

/// Both sides draw at random, so ends may differ by a small part of the interval's width.
@Test func bootstrapIntervalsAreThoseOfSciPyUpToChance() throws {
  for fixture in try Fixtures.load().regression where fixture.truth.count > 10 {
    let report = try RegressionReport(
      truth: fixture.truth, predicted: fixture.predicted, seed: 3, resamples: 20_000)
    let found = [
      "meanAbsoluteError": report.meanAbsoluteError.interval,
      "rootMeanSquaredError": report.rootMeanSquaredError.interval,
      "r2": try #require(report.r2).interval,
    ]
    for (name, expected) in fixture.intervals {
      let interval = try #require(found[name])
      let tolerance = 0.03 * (expected[1] - expected[0])
      #expect(abs(interval.lower - expected[0]) < tolerance, "\(fixture.name) \(name)")
      #expect(abs(interval.upper - expected[1]) < tolerance, "\(fixture.name) \(name)")
      #expect(interval.method == .bootstrap)
    }
  }
}

@Test func theSameSeedGivesTheSameIntervals() throws {
  let truth = (0..<50).map { Double($0) }
  let predicted = truth.map { $0 + ($0 * 7.3).truncatingRemainder(dividingBy: 5) }
  func report(_ seed: Seed) throws -> RegressionReport {
    try RegressionReport(truth: truth, predicted: predicted, seed: seed)
  }
  #expect(try report(1) == report(1))
  #expect(try report(1).meanAbsoluteError != report(2).meanAbsoluteError)
  #expect(try report(1).meanAbsoluteError.value == report(2).meanAbsoluteError.value)
}

@Test func perfectPredictionsHaveNoErrorAndAnIntervalOfNoWidth() throws {
  let report = try RegressionReport(truth: [1, 2, 3], predicted: [1, 2, 3], seed: 1)
  #expect(report.meanAbsoluteError.value == 0)
  #expect(report.rootMeanSquaredError.interval.upper == 0)
  #expect(report.r2?.value == 1)
  #expect(report.r2?.interval.lower == 1)
}

@Test(arguments: [[0.1, 0.1, 0.1], [7], [1e6 + 0.1, 1e6 + 0.1, 1e6 + 0.1, 1e6 + 0.1]])
func targetsThatDoNotVaryHaveNoR2(truth: [Double]) throws {
  let report = try RegressionReport(truth: truth, predicted: truth.map { $0 + 1 }, seed: 1)
  #expect(report.r2 == nil)
  #expect(abs(report.meanAbsoluteError.value - 1) < 1e-9)
  let data = try JSONEncoder().encode(report)
  #expect(try JSONDecoder().decode(RegressionReport.self, from: data) == report)
}

@Test func aSmallVariationAroundALargeValueStillHasAnR2() throws {
  let truth = [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]
  let report = try RegressionReport(truth: truth, predicted: truth.map { $0 + 0.5 }, seed: 1)
  #expect(abs(try #require(report.r2).value - 0.8) < 1e-12)
}

@Test(
  arguments: [
    ([], [], .noSamples),
    ([1], [], .lengthsDiffer(truth: 1, predicted: 0)),
    ([1, .nan], [1, 2], .notFinite(side: .truth, position: 1)),
    ([1, 2], [.infinity, 2], .notFinite(side: .predicted, position: 0)),
    ([1e200, 0], [-1e200, 0], .overflow),
    ([1e308, 1.1e308], [1e308, 1.1e308], .overflow),
  ] as [([Double], [Double], MetricsError)])
func quantitiesThatCannotBeComparedAreRefused(
  truth: [Double], predicted: [Double], expected: MetricsError
) {
  #expect(throws: expected) {
    try RegressionReport(truth: truth, predicted: predicted, seed: 1)
  }
}

@Test func aBootstrapOfTooFewResamplesIsRefused() {
  #expect(throws: MetricsError.tooFewResamples(found: 99, minimum: 100)) {
    try RegressionReport(truth: [1], predicted: [1], seed: 1, resamples: 99)
  }
}

@Test func theMeanBaselineAnswersTheTrainingMean() throws {
  let baseline = try MeanBaseline(training: [1, 2, 6], test: [2, 5], seed: 1)
  #expect(baseline.mean == 3)
  #expect(baseline.report.meanAbsoluteError.value == 1.5)
  #expect(throws: MetricsError.noSamples) { try MeanBaseline(training: [], test: [1], seed: 1) }
  #expect(throws: MetricsError.notFinite(side: .truth, position: 1)) {
    try MeanBaseline(training: [1, .nan], test: [1], seed: 1)
  }
  #expect(throws: MetricsError.overflow) {
    try MeanBaseline(training: [1e308, 1e308], test: [1], seed: 1)
  }
}

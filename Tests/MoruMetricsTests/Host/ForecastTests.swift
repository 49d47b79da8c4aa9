import MoruMetrics
import MoruTensors
import Testing

@Suite("Figures of forecasts") struct ForecastTests {
  private func figures(
    _ truth: [Double], _ predicted: [[Double]], quantiles: [Double], scales: [Double]? = nil
  ) throws -> ForecastFigures {
    try ForecastFigures(
      truth: NumberTable(truth, width: 1),
      predicted: predicted.map { try NumberTable($0, width: 1) }, quantiles: quantiles,
      scales: scales)
  }

  @Test("have no scaled error where the series does not change, and none of intervals without them")
  func undefined() throws {
    let point = try figures([1, 2], [[1, 3]], quantiles: [0.5], scales: [1, 0])
    #expect(point.overall.meanAbsoluteScaledError == nil)
    #expect(point.overall.coverage == nil)
    #expect(point.overall.width == nil)
    #expect(point.overall.pinballLoss == nil)
    #expect(point.overall.meanAbsoluteError == 0.5)
  }

  @Test("count 0 forecast for 0 as right, and ends of intervals as within")
  func edges() throws {
    let found = try figures([0, 4], [[0, 4], [0, 5], [0, 6]], quantiles: [0.1, 0.5, 0.9])
    #expect(found.overall.symmetricPercentageError == 100 * 1 / 9.0)
    #expect(found.overall.coverage == 1)
  }

  @Test("refuse quantiles and sizes that do not fit")
  func refusals() {
    #expect(
      throws: MetricsError.badSetting(
        name: "quantile", value: 2, allowed: "a number between 0 and 1")
    ) {
      try figures([1], [[1]], quantiles: [2])
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 2, predicted: 1)) {
      try figures([1], [[1]], quantiles: [0.1, 0.9])
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 2)) {
      try figures([1], [[1, 2]], quantiles: [0.5])
    }
    #expect(throws: MetricsError.weightCount(found: 2, samples: 1)) {
      try figures([1], [[1]], quantiles: [0.5], scales: [1, 1])
    }
  }

  @Test("of equal forecasts have no test, and of such that vary by nothing")
  func noTest() throws {
    #expect(try DieboldMariano(first: [1, 2, 3], second: [1, 2, 3], lags: 0) == nil)
    #expect(try DieboldMariano(first: [2, 3, 4], second: [1, 2, 3], lags: 0) == nil)
    #expect(throws: MetricsError.noSamples) {
      try DieboldMariano(first: [1], second: [2], lags: 0)
    }
  }

  @Test("draw neighbours together, all places alike often")
  func blocks() {
    let bootstrap = Bootstrap(seed: 3, forSamples: 10, blocksOf: 4)
    var counts = [Int](repeating: 0, count: 10)
    for places in bootstrap.values(count: 10, of: \.places) {
      for start in [0, 4, 8] {
        for place in start..<min(start + 3, 9) where place + 1 < 10 && (place + 1) % 4 != 0 {
          #expect(places[place + 1] == (places[place] + 1) % 10)
        }
      }
      for place in places { counts[place] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - bootstrap.resamples) < bootstrap.resamples / 10 })
  }

  @Test("have a skill whose interval knows that neighbours hang together")
  func skill() throws {
    // Errors that hold on for ten times in a row are worth a tenth of as many single ones.
    let draws = Seed(2).uniform(count: 30)
    let errors = draws.flatMap { [Double](repeating: 0.5 + $0, count: 10) }
    let reference = [Double](repeating: 1.1, count: 300)
    func width(_ lags: Int) throws -> Double {
      let skill = try #require(
        try ForecastSkill(errors: errors, reference: reference, lags: lags, seed: 1))
      let interval = try #require(skill.interval)
      #expect(interval.lower < skill.value && skill.value < interval.upper)
      return interval.upper - interval.lower
    }
    #expect(try width(9) > 2 * width(0))
    let perfect = try ForecastSkill(errors: [1, 1], reference: [0, 0], lags: 0, seed: 1)
    #expect(perfect == nil)
    let few = try #require(
      try ForecastSkill(errors: [1, 2, 1, 2], reference: [2, 2, 2, 2], lags: 1, seed: 1))
    #expect(few.value == 0.25)
    #expect(few.interval == nil)
    #expect(!few.isBetter && !few.isWorse)
  }
}

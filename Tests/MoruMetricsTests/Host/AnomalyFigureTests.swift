import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("Figures of anomalies") struct AnomalyFigureTests {
  private func numbers(_ file: GoldenFile, _ name: String) throws -> [Double] {
    try file.tensor(name).converted(to: .float64).array(of: Double.self)
  }

  @Test("thresholds and what is expected of them are those of ranks and SciPy's beta distribution")
  func thresholds() throws {
    let file = try GoldenFile("anomaly", "thresholds")
    let scores = try numbers(file, "scores")
    let settings = try numbers(file, "settings")
    let results = try numbers(file, "results")
    for row in 0..<settings.count / 2 {
      let found = try FalseAlarmThreshold(
        goodScores: Array(scores.prefix(Int(settings[2 * row]))), rate: settings[2 * row + 1])
      let expected = found.expected
      #expect(found.value == results[4 * row])
      #expect(abs(expected.value - results[4 * row + 1]) < 1e-12)
      #expect(abs(expected.interval.lower - results[4 * row + 2]) < 1e-9)
      #expect(abs(expected.interval.upper - results[4 * row + 3]) < 1e-9)
    }
  }

  @Test(
    "of good samples drawn anew the expected share is above, and rarely more than the interval says"
  )
  func coverage() throws {
    var outside = 0
    var sum = 0.0
    let draws = 400
    for draw in 0..<draws {
      // Uniform scores: the true share above a threshold is 1 − threshold.
      let found = try FalseAlarmThreshold(
        goodScores: Seed(UInt64(draw)).uniform(count: 60), rate: 0.1)
      let share = 1 - found.value
      let interval = found.expected.interval
      sum += share
      if share < interval.lower || share > interval.upper { outside += 1 }
    }
    let expected = try FalseAlarmThreshold(goodScores: Seed(0).uniform(count: 60), rate: 0.1)
      .expected.value
    #expect(expected == 6.0 / 61)
    #expect(abs(sum / Double(draws) - expected) < 0.006)
    #expect((5...40).contains(outside), "\(outside) of \(draws), 20 are expected")
  }

  @Test("a rate that so few samples cannot have is refused, with the number that it needs")
  func tooFew() throws {
    #expect(FalseAlarmThreshold.samplesNeeded(for: 0.01) == 99)
    #expect(FalseAlarmThreshold.samplesNeeded(for: 0.05) == 19)
    #expect(FalseAlarmThreshold.samplesNeeded(for: 0.3) == 3)
    #expect(FalseAlarmThreshold.samplesNeeded(for: 0.9) == 1)
    #expect(throws: MetricsError.tooFewGood(found: 98, needed: 99, rate: 0.01)) {
      try FalseAlarmThreshold(goodScores: [Double](repeating: 1, count: 98), rate: 0.01)
    }
    #expect(
      "\(MetricsError.tooFewGood(found: 98, needed: 99, rate: 0.01))"
        == "A false-alarm rate of 0.01 needs at least 99 good samples that nothing was learned "
        + "from, and there are 98. Pass more, or allow more false alarms.")
    for rate in [0, 1, -0.1, 1.5, .nan] {
      #expect(throws: MetricsError.self) {
        try FalseAlarmThreshold(goodScores: [1, 2, 3], rate: rate)
      }
    }
    #expect(throws: MetricsError.notFinite(side: .predicted, position: 1)) {
      try FalseAlarmThreshold(goodScores: [1, .nan, 3, 4], rate: 0.5)
    }
    // Equal scores: none is above.
    #expect(try FalseAlarmThreshold(goodScores: [2, 2, 2], rate: 0.5).value == 2)
  }

  @Test("the overlap of regions is that of regions found by SciPy, up to 0.3 and as a whole")
  func regionOverlap() throws {
    let file = try GoldenFile("anomaly", "region_overlap")
    let masks = try numbers(file, "masks")
    let scores = try numbers(file, "scores")
    let results = try numbers(file, "results")
    func pictures<Value>(_ all: [Value]) -> [[Value]] {
      stride(from: 0, to: all.count, by: 120).map { Array(all[$0..<$0 + 120]) }
    }
    let sweep = try ThresholdSweep(
      regionsOf: pictures(masks.map { $0 > 0 }), scores: pictures(scores), width: 10)
    #expect(
      abs(sweep.positives - Double(try file.tensor("regions").array(of: Int32.self)[0])) < 1e-9)
    #expect(abs((sweep.rocAUC(upTo: 0.3) ?? 0) - results[0]) < 1e-9)
    #expect(abs((sweep.rocAUC(upTo: 1) ?? 0) - results[1]) < 1e-9)
    #expect(abs((sweep.rocAUC ?? 0) - results[1]) < 1e-9)
  }

  @Test("masks without a region, or of regions alone, have no overlap; masks must fit their maps")
  func oddMasks() throws {
    for mask in [[false, false, false, false], [true, true, true, true]] {
      let sweep = try ThresholdSweep(regionsOf: [mask], scores: [[1, 2, 3, 4]], width: 2)
      #expect(sweep.rocAUC(upTo: 0.3) == nil)
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 4, predicted: 3)) {
      try ThresholdSweep(
        regionsOf: [[true, false, false, false]], scores: [[1, 2, 3]], width: 2)
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 3, predicted: 3)) {
      try ThresholdSweep(regionsOf: [[true, false, false]], scores: [[1, 2, 3]], width: 2)
    }
  }
}

import GoldenKit
import MoruMetrics
import Testing

@Suite("Threshold sweeps") struct SweepTests {
  @Test("give scikit-learn's curves and areas", arguments: verdictCases("sweep"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let sweep = try ThresholdSweep(
      truth: file.truths(), scores: file.numbers("scores"), weights: file.weights())
    func agrees(_ curve: Curve, _ name: String) throws -> Bool {
      let rows = try file.rows(name)
      return close(Array(curve.x.dropFirst()), rows[0])
        && close(Array(curve.y.dropFirst()), rows[1])
        && (rows.count < 3 || close(Array(curve.thresholds.dropFirst()), rows[2]))
    }
    let roc = try sweep.rocCurve()
    #expect(try agrees(roc, "roc"))
    #expect((roc.x[0], roc.y[0], roc.thresholds[0]) == (0, 0, .infinity))
    #expect(try agrees(sweep.rocCurve(cornersOnly: false), "roc_all"))
    let precisionRecall = try sweep.precisionRecallCurve()
    // scikit-learn ends where all yeses are found; ours goes on to the least score.
    let rows = try file.rows("precision_recall")
    #expect(close(Array(precisionRecall.x.dropFirst().prefix(rows[0].count)), rows[0]))
    #expect(close(Array(precisionRecall.y.dropFirst().prefix(rows[0].count)), rows[1]))
    #expect(try agrees(sweep.gainCurve(), "gain"))
    #expect(
      close([sweep.rocAUC ?? .nan, sweep.averagePrecision ?? .nan], try file.numbers("areas")))
    let gain = try sweep.gainCurve()
    for (place, lift) in try sweep.liftCurve().y.enumerated() {
      #expect(abs(lift * gain.x[place + 1] - gain.y[place + 1]) < 1e-12)
    }
  }

  @Test("tie 0 and −0, and keep the order of extreme scores")
  func extremes() throws {
    let tiny = Double.leastNonzeroMagnitude
    let scores = [-0.0, 0, -.greatestFiniteMagnitude, .greatestFiniteMagnitude, -tiny, tiny]
    let sweep = try ThresholdSweep(
      truth: [true, false, false, true, false, true], scores: scores)
    #expect(
      sweep.thresholds
        == [.greatestFiniteMagnitude, tiny, 0, -tiny, -.greatestFiniteMagnitude])
    #expect(sweep.truePositives == [1, 2, 3, 3, 3])
    #expect(sweep.falsePositives == [0, 0, 1, 2, 3])
  }

  @Test("of one class have no area, and say so of curves")
  func oneClass() throws {
    let yes = try ThresholdSweep(truth: [true, true], scores: [0.1, 0.2])
    #expect(yes.rocAUC == nil)
    #expect(yes.averagePrecision == 1)
    #expect(throws: MetricsError.oneClassOnly) { try yes.rocCurve() }
    let no = try ThresholdSweep(truth: [false], scores: [0.1])
    #expect(no.rocAUC == nil)
    #expect(no.averagePrecision == nil)
    #expect(throws: MetricsError.oneClassOnly) { try no.precisionRecallCurve() }
    #expect(throws: MetricsError.oneClassOnly) { try no.gainCurve() }
  }

  @Test("refuse scores that are no numbers")
  func refusals() {
    #expect(throws: MetricsError.notFinite(side: .predicted, position: 1)) {
      try ThresholdSweep(truth: [true, false], scores: [0, .nan])
    }
    #expect(throws: MetricsError.notFinite(side: .predicted, position: 0)) {
      try ThresholdSweep(truth: [true, false], scores: [.infinity, 0])
    }
    #expect(throws: MetricsError.noSamples) { try ThresholdSweep(truth: [], scores: []) }
  }

  @Test("are thinned for drawings without losing their ends")
  func thinned() throws {
    let scores = (0..<10_000).map { Double(($0 &* 7919) % 10_007) }
    let sweep = try ThresholdSweep(
      truth: scores.map { $0.truncatingRemainder(dividingBy: 3) == 0 }, scores: scores)
    let curve = try sweep.rocCurve(cornersOnly: false).thinned(to: 100)
    #expect((50...102).contains(curve.x.count))
    #expect((curve.x.first, curve.x.last) == (0, 1))
    #expect((curve.y.first, curve.y.last) == (0, 1))
    #expect(curve.thinned(to: 1000) == curve)
  }
}

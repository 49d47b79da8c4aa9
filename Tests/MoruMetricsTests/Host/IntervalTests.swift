import MoruMetrics
import Testing

@Test func intervalsOfProportionsAreThoseOfStatsmodels() throws {
  for fixture in try Fixtures.load().intervals {
    let wilson = try Interval.wilson(successes: fixture.successes, of: fixture.count)
    let exact = try Interval.clopperPearson(successes: fixture.successes, of: fixture.count)
    let name = "\(fixture.successes) of \(fixture.count)"
    // statsmodels leaves rounding at the ends 0 and 1, where ours are exact.
    #expect(abs(wilson.lower - fixture.wilson[0]) <= 1e-9 * max(fixture.wilson[0], 1e-6), "\(name)")
    #expect(agree([wilson.upper], [fixture.wilson[1]]), "\(name)")
    #expect(agree([exact.lower, exact.upper], fixture.clopperPearson), "\(name)")
    #expect(wilson.method == .wilson)
    #expect(exact.method == .clopperPearson)
  }
}

@Test func intervalsOfNoneAndAllEndExactly() throws {
  for count in [1, 7, 360, 10_000] {
    #expect(try Interval.wilson(successes: 0, of: count).lower == 0)
    #expect(try Interval.wilson(successes: count, of: count).upper == 1)
    #expect(try Interval.clopperPearson(successes: 0, of: count).lower == 0)
    #expect(try Interval.clopperPearson(successes: count, of: count).upper == 1)
  }
}

@Test(arguments: [(0, 0), (-1, 5), (6, 5), (0, -1), (1, .min)])
func whatIsNoProportionIsRefused(successes: Int, count: Int) {
  let expected = MetricsError.badProportion(successes: successes, count: count)
  #expect(throws: expected) { try Interval.wilson(successes: successes, of: count) }
  #expect(throws: expected) { try Interval.clopperPearson(successes: successes, of: count) }
}

@Test func accuracyNamesItsInterval() throws {
  let matrix = try ConfusionMatrix(counts: [[350, 10], [0, 0]], labels: ["a", "b"])
  #expect(matrix.accuracy.interval.method == .wilson)
  #expect(matrix.accuracy.description == "0.9722, interval 0.9496–0.9848 (95 %, Wilson score)")
}

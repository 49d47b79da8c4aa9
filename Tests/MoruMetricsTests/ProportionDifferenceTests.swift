import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("The difference of two proportions") struct ProportionDifferenceTests {
  @Test("agrees with statsmodels")
  func golden() throws {
    let golden = try GoldenFile("proportions", "newcombe")
    let counts = try golden.tensor("counts").array(of: Int32.self).map { Int($0) }
    let errors = try golden.tensor("errors").array(of: Double.self)
    let ends = try golden.tensor("ends").array(of: Double.self)
    #expect(errors.count == 11)
    for (row, error) in errors.enumerated() {
      let found = try ProportionDifference(
        counts[4 * row], of: counts[4 * row + 1], against: counts[4 * row + 2],
        of: counts[4 * row + 3], error: error)
      #expect(abs(found.lower - ends[2 * row]) < 1e-9, "\(row)")
      #expect(abs(found.upper - ends[2 * row + 1]) < 1e-9, "\(row)")
    }
  }

  @Test("several comparisons widen the interval, and the words say so")
  func comparisons() throws {
    let one = try ProportionDifference(123, of: 1000, against: 98, of: 1012)
    #expect(one.description == "+2.6 points, −0.1 to +5.4 (95 %, Newcombe)")
    let several = try ProportionDifference(123, of: 1000, against: 98, of: 1012, comparisons: 5)
    #expect(several.lower < one.lower && several.upper > one.upper && several.value == one.value)
    #expect(several.description.contains("for 5 together"))
    #expect(!one.isClear)
    #expect(try ProportionDifference(9, of: 10, against: 0, of: 10).isClear)
    #expect(throws: MetricsError.badProportion(successes: 2, count: 1)) {
      try ProportionDifference(1, of: 2, against: 2, of: 1)
    }
    #expect(throws: MetricsError.badProportion(successes: 0, count: 0)) {
      try ProportionDifference(0, of: 0, against: 2, of: 2)
    }
    #expect(throws: MetricsError.self) {
      try ProportionDifference(0, of: 1, against: 2, of: 2, comparisons: 0)
    }
  }
}

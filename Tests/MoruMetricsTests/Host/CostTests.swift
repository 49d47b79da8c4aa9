import Foundation
import GoldenKit
import MoruMetrics
import Testing

@Suite("Costs") struct CostTests {
  @Test("choose the threshold that trying all finds", arguments: verdictCases("costs"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let costs = try CostMatrix(costs: file.rows("costs"))
    let share = try file.config.value("share").number()
    let field = try ClassShares(positive: share)
    let (truth, scores) = (try file.truths(), try file.numbers("scores"))
    let choice = try ThresholdSweep(truth: truth, scores: scores)
      .threshold(minimizing: costs, at: field)
    #expect(close([choice.expectedCost], try file.numbers("expected")))
    let said = scores.map { $0 > choice.threshold }
    #expect(said == (try file.truths("decisions")))
    let confusion = [
      choice.counts.trueNegatives, choice.counts.falsePositives, choice.counts.falseNegatives,
      choice.counts.truePositives,
    ]
    #expect(close(confusion, try file.numbers("confusion")))
    let figures = try ClassificationFigures(
      truth: truth.map { $0 ? 1 : 0 }, predicted: said.map { $0 ? 1 : 0 }, classCount: 2
    ).restated(at: field)
    #expect(close([try figures.expectedCost(costs)], [choice.expectedCost]))
  }

  @Test("at the samples' own ratio need no field")
  func ownRatio() throws {
    let sweep = try ThresholdSweep(truth: [true, false, false, true], scores: [4, 3, 2, 1])
    let choice = try sweep.threshold(minimizing: .mistakes(classCount: 2))
    #expect(choice.threshold == 3.5)
    #expect(choice.expectedCost == 0.25)
    // Where yes never pays, the threshold is beyond all scores; where it always does, below them.
    let never = try sweep.threshold(minimizing: CostMatrix(costs: [[0, 9], [1, 0]]))
    #expect(never.threshold == 3.5)
    let free = try sweep.threshold(minimizing: CostMatrix(costs: [[0, 0], [1, 0]]))
    #expect(free.threshold < 1)
    let dear = try sweep.threshold(minimizing: CostMatrix(costs: [[0, 1], [0, 0]]))
    #expect(dear.threshold >= 4)
  }

  @Test("of stakes and gains are those costs")
  func gains() throws {
    let stakes = try CostMatrix(stakes: [1, 10])
    #expect(stakes.costs == [[-1, 1], [10, -10]])
    #expect(try CostMatrix(gains: [[1, -1], [-10, 10]]) == stakes)
    #expect(abs(try #require(stakes.threshold) - 2.0 / 22) < 1e-15)
    #expect(try CostMatrix.mistakes(classCount: 2).threshold == 0.5)
    #expect(try CostMatrix(costs: [[0, 0], [1, 0]]).threshold == nil)
    #expect(try CostMatrix.mistakes(classCount: 3).threshold == nil)
    let figures = try ClassificationFigures(truth: [0, 1, 1], predicted: [0, 1, 0], classCount: 2)
    #expect(try figures.expectedCost(stakes) == (-1.0 - 10 + 10) / 3)
    #expect(try figures.expectedCost(.mistakes(classCount: 2)) == figures.errorRate)
    #expect(throws: MetricsError.classCounts(name: "The cost matrix", found: 3, classCount: 2)) {
      try figures.expectedCost(.mistakes(classCount: 3))
    }
  }

  @Test("decide by the least expected cost, the first of equal ones")
  func decisions() throws {
    let costs = try CostMatrix(costs: [[0, 1, 1], [1, 0, 1], [20, 20, 0]])
    #expect(costs.decision([0.6, 0.3, 0.1]) == 2)
    #expect(costs.decision([0.6, 0.38, 0.02]) == 0)
    #expect(costs.decision([0.5, 0.5, 0]) == 0)
  }

  @Test("refuse what is no table of costs, also from files")
  func refusals() throws {
    #expect(throws: MetricsError.notSquare(row: 1, found: 1, classCount: 2)) {
      try CostMatrix(costs: [[0, 1], [1]])
    }
    #expect(throws: MetricsError.badCost(row: 0, column: 1)) {
      try CostMatrix(costs: [[0, .nan], [1, 0]])
    }
    #expect(throws: MetricsError.self) { try CostMatrix(costs: []) }
    let costs = try CostMatrix(stakes: [1, 10])
    let data = try JSONEncoder().encode(costs)
    #expect(try JSONDecoder().decode(CostMatrix.self, from: data) == costs)
    #expect(throws: MetricsError.self) {
      try JSONDecoder().decode(CostMatrix.self, from: Data(#"{"costs": [[1, 2]]}"#.utf8))
    }
  }
}

@Suite("Prior correction") struct PriorTests {
  @Test("is Bayes's rule, and finds the field's ratio", arguments: verdictCases("priors"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let probabilities = try file.table("probabilities")
    let trained = try ClassShares(file.numbers("trained"))
    let correction = try PriorCorrection(
      trained: trained, field: ClassShares(file.numbers("field")))
    let corrected = try correction.corrected(probabilities)
    #expect(close(corrected.values, try file.numbers("corrected")))
    if trained.values.count == 2 {
      let yes = try correction.corrected(probabilities.column(1))
      #expect(close(yes, corrected.column(1)))
      // A threshold on what is corrected is another one on what is not.
      let limit = try correction.uncorrected(threshold: 0.3)
      for (raw, corrected) in zip(probabilities.column(1), yes) {
        #expect((raw > limit) == (corrected > 0.3))
      }
    }
    // Each step stops short of the limit by less than what it moved.
    let estimate = try PriorCorrection.fieldShares(from: probabilities, trained: trained)
    #expect(close(estimate.values, try file.numbers("estimate"), 1e-6))
  }

  @Test("refuses shares that are none, and classes never trained")
  func refusals() throws {
    #expect(throws: MetricsError.self) { try ClassShares([0.5, 0.6]) }
    #expect(throws: MetricsError.self) { try ClassShares([1.5, -0.5]) }
    #expect(throws: MetricsError.self) { try ClassShares([.nan, 1]) }
    #expect(throws: MetricsError.self) { try ClassShares([]) }
    #expect(throws: MetricsError.noSamples) { try ClassShares(counts: [0, 0]) }
    #expect(try ClassShares(of: [0, 1, 1, 0, 1], classCount: 3).values == [0.4, 0.6, 0])
    let half = try ClassShares(positive: 0.5)
    #expect(throws: MetricsError.classWithoutSamples(index: 1)) {
      try PriorCorrection(trained: ClassShares([1, 0]), field: half)
    }
    #expect(throws: MetricsError.self) {
      try PriorCorrection(trained: half, field: ClassShares([0.2, 0.2, 0.6]))
    }
    let correction = try PriorCorrection(trained: half, field: ClassShares([1, 0]))
    #expect(try correction.corrected([0.25, 1]) == [0, 0])
    #expect(throws: MetricsError.notProbability(position: 1, value: 1.5)) {
      try correction.corrected([0.2, 1.5])
    }
    #expect(throws: MetricsError.self) { try correction.corrected([.nan]) }
  }
}

import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("Intervals and tests") struct InferenceTests {
  @Test("DeLong's interval follows from its definition", arguments: verdictCases("delong"))
  func deLong(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let estimate = try #require(
      try ThresholdSweep(truth: file.truths(), scores: file.numbers("scores")).rocAUCEstimate)
    let found = [estimate.value, estimate.interval.lower, estimate.interval.upper]
    #expect(close(found, try file.numbers("interval")), "\(found)")
    #expect(estimate.interval.method == .deLong)
  }

  @Test("DeLong's interval says nothing of a single yes")
  func deLongOfFew() throws {
    let one = try ThresholdSweep(truth: [true, false, false], scores: [3, 2, 1])
    #expect(one.rocAUCEstimate?.interval == Interval(lower: 0, upper: 1, method: .deLong))
    #expect(try ThresholdSweep(truth: [true], scores: [1]).rocAUCEstimate == nil)
  }

  @Test("McNemar's test has SciPy's probabilities", arguments: verdictCases("mcnemar"))
  func mcNemar(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let test = try McNemarTest(
      onlyFirst: file.config.value("first").integer(),
      onlySecond: file.config.value("second").integer())
    let found = [
      test.exactPValue, test.chiSquare(), test.chiSquare(isCorrected: false),
      test.chiSquarePValue(), test.chiSquarePValue(isCorrected: false),
    ]
    for (found, expected) in zip(found, try file.numbers("values")) {
      #expect(abs(found - expected) <= 1e-9 * max(1e-6, abs(expected)), "\(found) \(expected)")
    }
  }

  @Test("McNemar's test counts where models differ")
  func discordant() throws {
    let test = try McNemarTest(
      truth: ["a", "b", "a", "b"], first: ["a", "b", "b", "a"], second: ["b", "b", "a", "a"])
    #expect((test.onlyFirst, test.onlySecond) == (1, 1))
    #expect(throws: MetricsError.self) { try McNemarTest(onlyFirst: -1, onlySecond: 0) }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 0)) {
      try McNemarTest(truth: [1], first: [1], second: [])
    }
  }

  @Test("cells drawn together vary as samples drawn one by one")
  func confusion() throws {
    let matrix = try ConfusionMatrix(
      counts: [[180, 14, 3], [9, 60, 4], [2, 0, 7]], labels: ["a", "b", "c"])
    let pairs = matrix.counts.enumerated().flatMap { row, counts in
      counts.enumerated().flatMap { column, count in
        [(Int, Int)](repeating: (row, column), count: count)
      }
    }
    let figure: (ClassificationFigures) -> Double? = { $0.average(.macro, of: \.f1) }
    let bootstrap = try Bootstrap(seed: 7, resamples: 4000)
    let fast = try #require(try matrix.estimates(of: [figure], bootstrap: bootstrap)[0])
    let plain = try #require(
      try bootstrap.estimate(count: pairs.count) { places in
        try? figure(
          ClassificationFigures(
            truth: places.map { pairs[$0].0 }, predicted: places.map { pairs[$0].1 },
            classCount: 3))
      })
    #expect(fast.value == plain.value)
    #expect(abs(fast.interval.lower - plain.interval.lower) < 0.01)
    #expect(abs(fast.interval.upper - plain.interval.upper) < 0.01)
    #expect(fast == (try matrix.estimates(of: [figure], bootstrap: bootstrap)[0]))
  }

  @Test(
    "of a rate agree with the exact interval, also of a million samples",
    arguments: [200, 1_000_000])
  func rate(count: Int) throws {
    let right = count * 9 / 10
    let matrix = try ConfusionMatrix(
      counts: [[right, count - right], [0, 0]], labels: ["a", "b"])
    let estimate = try #require(
      try matrix.estimates(of: [\.accuracy], bootstrap: Bootstrap(seed: 3, resamples: 4000))[0])
    let exact = try Interval.clopperPearson(successes: right, of: count)
    let width = exact.upper - exact.lower
    // Percentiles of few samples are a whole sample apart.
    #expect(abs(estimate.interval.lower - exact.lower) < 0.15 * width)
    #expect(abs(estimate.interval.upper - exact.upper) < 0.15 * width)
  }

  @Test("at the field's ratio draw each class by itself")
  func field() throws {
    let matrix = try ConfusionMatrix(counts: [[90, 10], [5, 95]], labels: ["good", "defect"])
    let costs = try CostMatrix(stakes: [1, 10])
    let field = try ClassShares(positive: 0.01)
    let bootstrap = try Bootstrap(seed: 1)
    let found = try matrix.estimates(
      of: [{ $0.counts(of: 1).prevalence }, { try? $0.expectedCost(costs) }], at: field,
      bootstrap: bootstrap)
    // The ratio is given: it does not vary.
    let share = try #require(found[0])
    #expect(abs(share.interval.upper - 0.01) < 1e-12 && abs(share.interval.lower - 0.01) < 1e-12)
    let cost = try #require(found[1])
    #expect(abs(cost.value - (0.99 * -0.8 + 0.01 * -9)) < 1e-12)
    #expect(cost.interval.lower < cost.value && cost.value < cost.interval.upper)
    #expect(throws: MetricsError.self) {
      try matrix.estimates(of: [], at: ClassShares([1]), bootstrap: bootstrap)
    }
  }

  @Test("leave out resamples in which a figure is undefined, and say nil where it is")
  func undefined() throws {
    let matrix = try ConfusionMatrix(counts: [[3, 1], [0, 1]], labels: ["a", "b"])
    let found = try matrix.estimates(
      of: [{ $0.supports[1] > 0 ? $0.counts(of: 1).recall : nil }, { _ in nil }],
      bootstrap: Bootstrap(seed: 1))
    #expect(found[0]?.interval.lower == 1)
    #expect(found[1] == nil)
    #expect(throws: MetricsError.tooFewResamples(found: 99, minimum: 100)) {
      try Bootstrap(seed: 1, resamples: 99)
    }
    #expect(throws: MetricsError.noSamples) {
      try Bootstrap(seed: 1).estimate(count: 0) { _ in 1 }
    }
  }

  @Test("a paired comparison finds a small difference that separate intervals hide")
  func paired() throws {
    let hard = Seed(4).uniform(count: 400)
    let (first, second) = (hard.map { $0 + 0.02 }, hard)
    func mean(_ errors: [Double]) -> ([Int]) -> Double {
      { places in places.reduce(0) { $0 + errors[$1] } / Double(places.count) }
    }
    let bootstrap = try Bootstrap(seed: 2)
    let comparison = try PairedComparison(
      count: 400, bootstrap: bootstrap, isBetterGreater: false, first: mean(first),
      second: mean(second))
    #expect(abs(comparison.difference.value + 0.02) < 1e-12)
    #expect(comparison.isBetter && comparison.shareBetter == 1)
    let same = try PairedComparison(
      count: 400, bootstrap: bootstrap, first: mean(first), second: mean(first))
    #expect(!same.isBetter && same.shareBetter == 0.5)
    #expect(throws: MetricsError.undefinedFigure) {
      try PairedComparison(count: 3, bootstrap: bootstrap, first: { _ in .nan }, second: { _ in 1 })
    }
  }

  @Test("slices are parts by name, each with its figure")
  func slices() throws {
    let slices = Slices(["2호기", "1호기", "2호기", "3호기"])
    let found = try slices.map { places throws(MetricsError) in places.count }
    #expect(found.map(\.name) == ["1호기", "2호기", "3호기"])
    #expect(found.map(\.figure) == [1, 2, 1])
    #expect(slices.parts.map(\.places) == [[1], [0, 2], [3]])
  }
}

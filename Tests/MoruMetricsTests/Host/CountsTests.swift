import GoldenKit
import MoruMetrics
import Testing

@Suite("Figures of classes") struct CountsTests {
  @Test("are those of scikit-learn", arguments: verdictCases("classes"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let count = try file.config.value("class_count").integer()
    let figures = try ClassificationFigures(
      truth: file.integers("truth"), predicted: file.integers("predicted"), classCount: count,
      weights: file.weights())
    let counts = figures.classes.flatMap {
      [$0.trueNegatives, $0.falsePositives, $0.falseNegatives, $0.truePositives]
    }
    #expect(close(counts, try file.numbers("counts")))
    #expect(
      close(
        [
          figures.accuracy, figures.errorRate, figures.balancedAccuracy,
          figures.matthewsCorrelation,
        ], try file.numbers("figures")))
    let kappas = ClassificationFigures.KappaWeights.allCases.map { figures.cohenKappa(weights: $0) }
    #expect(close(kappas, try file.numbers("kappas")))
    for average in LabelAverage.allCases {
      let found = [
        figures.average(average, of: \.precision), figures.average(average, of: \.recall),
        figures.average(average, of: \.f1), figures.average(average) { $0.fScore(beta: 2) },
      ]
      #expect(close(found, try file.numbers(average.rawValue)), "\(average)")
    }
    let binary = figures.classes.map { counts in
      BinaryFigure.allCases.map { $0.value(counts) } + [counts.fScore(beta: 0.5)]
    }
    for (found, expected) in zip(binary, try file.rows("binary")) {
      #expect(close(found, expected), "\(found) \(expected)")
    }
  }

  @Test("of two classes are the same by either way")
  func twoWays() throws {
    let (truth, predicted) = ([1, 0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 1, 0, 1])
    let weights = [1, 2, 0.5, 0, 3, 1, 1]
    let figures = try ClassificationFigures(
      truth: truth, predicted: predicted, classCount: 2, weights: weights)
    let counts = try BinaryCounts(
      truth: truth.map { $0 == 1 }, predicted: predicted.map { $0 == 1 }, weights: weights)
    #expect(figures.counts(of: 1) == counts)
    #expect(abs(figures.matthewsCorrelation - counts.matthewsCorrelation) < 1e-12)
    #expect(abs(figures.cohenKappa() - counts.cohenKappa) < 1e-12)
    #expect(figures.accuracy == counts.accuracy)
    for figure in BinaryFigure.allCases {
      guard let (part, whole) = figure.share(counts) else { continue }
      #expect(part / whole == figure.value(counts), "\(figure)")
    }
  }

  @Test("say type I and type II errors by their names")
  func errors() {
    let counts = BinaryCounts(
      truePositives: 8, falsePositives: 5, trueNegatives: 95, falseNegatives: 2)
    #expect(counts.falsePositiveRate == 0.05)
    #expect(counts.falseNegativeRate == 0.2)
    #expect(counts.prevalence == 10.0 / 110)
  }

  @Test("restated at the field's ratio keep recalls and change precision")
  func restated() throws {
    let matrix = try ConfusionMatrix(counts: [[90, 10], [5, 95]], labels: ["good", "defect"])
    let field = try ClassShares(positive: 0.01)
    let figures = try ClassificationFigures(matrix).restated(at: field)
    #expect(abs(figures.total - 1) < 1e-12)
    let counts = figures.counts(of: 1)
    #expect(abs(counts.recall - 0.95) < 1e-12)
    #expect(abs(counts.precision - 0.0095 / (0.0095 + 0.099)) < 1e-12)
    let binary = try ClassificationFigures(matrix).counts(of: 1).restated(atPositiveShare: 0.01)
    #expect(abs(binary.precision - counts.precision) < 1e-12)
    #expect(abs(binary.total - 1) < 1e-12)
    let empty = try ConfusionMatrix(counts: [[3, 1], [0, 0]], labels: ["good", "defect"])
    #expect(throws: MetricsError.classWithoutSamples(index: 1)) {
      try ClassificationFigures(empty).restated(at: field)
    }
    #expect(throws: MetricsError.classWithoutSamples(index: 1)) {
      try ClassificationFigures(empty).counts(of: 1).restated(atPositiveShare: 0.01)
    }
    #expect(throws: MetricsError.self) {
      try ClassificationFigures(empty).restated(at: ClassShares([0.5, 0.25, 0.25]))
    }
  }

  @Test("refuse weights and classes that do not fit")
  func refusals() {
    func figures(_ truth: [Int], _ weights: [Double]?) throws -> ClassificationFigures {
      try ClassificationFigures(
        truth: truth, predicted: [0, 1], classCount: 2, weights: weights)
    }
    #expect(throws: MetricsError.weightCount(found: 1, samples: 2)) { try figures([0, 1], [1]) }
    #expect(throws: MetricsError.badWeight(position: 1, value: -1)) {
      try figures([0, 1], [1, -1])
    }
    #expect(throws: MetricsError.self) { try figures([0, 1], [1, .nan]) }
    #expect(throws: MetricsError.noWeight) { try figures([0, 1], [0, 0]) }
    #expect(
      throws: MetricsError.classOutOfRange(side: .truth, position: 1, value: 2, classCount: 2)
    ) {
      try figures([0, 2], nil)
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 2)) { try figures([0], nil) }
    #expect(throws: MetricsError.noSamples) { try BinaryCounts(truth: [], predicted: []) }
  }
}

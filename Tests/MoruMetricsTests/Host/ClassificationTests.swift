import Foundation
import MoruMetrics
import Testing

@Test func confusionMatricesAreThoseOfScikitLearn() throws {
  for fixture in try Fixtures.load().classification {
    let matrix = try ConfusionMatrix(
      truth: fixture.truth, predicted: fixture.predicted, labels: fixture.labels)
    #expect(matrix.counts == fixture.counts, "\(fixture.name)")
    #expect(matrix.supports == fixture.support, "\(fixture.name)")
    #expect(matrix.total == fixture.truth.count, "\(fixture.name)")
    for (normalisation, expected) in [
      (.truth, fixture.byTruth), (.predicted, fixture.byPredicted), (.all, fixture.byAll),
    ] as [(ConfusionMatrix.Normalisation, [[Double]])] {
      let found = matrix.normalised(by: normalisation)
      #expect(found.map(\.count) == expected.map(\.count))
      #expect(agree(found.flatMap { $0 }, expected.flatMap { $0 }), "\(fixture.name)")
    }
  }
}

@Test func scoresAreThoseOfScikitLearn() throws {
  for fixture in try Fixtures.load().classification {
    let report = ClassificationReport(
      try ConfusionMatrix(
        truth: fixture.truth, predicted: fixture.predicted, labels: fixture.labels))
    #expect(agree(report.classes.map(\.precision), fixture.precision), "\(fixture.name)")
    #expect(agree(report.classes.map(\.recall), fixture.recall), "\(fixture.name)")
    #expect(agree(report.classes.map(\.f1), fixture.f1), "\(fixture.name)")
    #expect(report.classes.map(\.support) == fixture.support, "\(fixture.name)")
    let macro = report.macroAverage
    #expect(agree([macro.precision, macro.recall, macro.f1], fixture.macro), "\(fixture.name)")
    let weighted = report.weightedAverage
    #expect(
      agree([weighted.precision, weighted.recall, weighted.f1], fixture.weighted),
      "\(fixture.name)")
    #expect(agree([report.accuracy.value], [fixture.accuracy]), "\(fixture.name)")
  }
}

@Test func theMostFrequentClassIsThatOfScikitLearn() throws {
  for fixture in try Fixtures.load().classification {
    let baseline = try MostFrequentClassBaseline(
      training: fixture.predicted, test: fixture.truth, labels: fixture.labels)
    #expect(baseline.classIndex == fixture.mostFrequent, "\(fixture.name)")
    #expect(
      agree([baseline.report.accuracy.value], [fixture.mostFrequentAccuracy]), "\(fixture.name)")
    let votes = fixture.predicted.filter { $0 == fixture.mostFrequent }.count
    #expect(baseline.trainingShare == Double(votes) / Double(fixture.predicted.count))
  }
}

@Test func confusionsComeMostFrequentFirst() throws {
  let matrix = try ConfusionMatrix(
    counts: [[5, 1, 3], [0, 7, 3], [1, 0, 2]], labels: ["a", "b", "c"])
  #expect(matrix.confusions.map(\.count) == [3, 3, 1, 1])
  #expect(matrix.confusions.map(\.truth) == [0, 1, 0, 2])
  #expect(matrix.confusions.map(\.predicted) == [2, 2, 1, 0])
}

@Test(
  arguments: [
    ([], [], ["a"], .noSamples),
    ([0], [0, 0], ["a"], .lengthsDiffer(truth: 1, predicted: 2)),
    ([0], [0], [], .classCountOutOfRange(found: 0, maximum: 4096)),
    ([0], [0], ["a", "b", "a"], .labelsRepeat(first: 0, second: 2)),
    ([0, 2], [0, 0], ["a", "b"], outOfRange(.truth, 1, 2)),
    ([0, 1], [-1, 0], ["a", "b"], outOfRange(.predicted, 0, -1)),
    ([.max], [0], ["a", "b"], outOfRange(.truth, 0, .max)),
  ] as [([Int], [Int], [String], MetricsError)])
func classesThatCannotBeCountedAreRefused(
  truth: [Int], predicted: [Int], labels: [String], expected: MetricsError
) {
  #expect(throws: expected) {
    try ConfusionMatrix(truth: truth, predicted: predicted, labels: labels)
  }
}

private func outOfRange(
  _ side: MetricsError.Side, _ position: Int, _ value: Int
) -> MetricsError {
  .classOutOfRange(side: side, position: position, value: value, classCount: 2)
}

@Test func anIdentifierAsTargetIsRefusedBeforeItFillsTheMemory() {
  let labels = (0...4096).map(String.init)
  #expect(throws: MetricsError.classCountOutOfRange(found: 4097, maximum: 4096)) {
    try ConfusionMatrix(truth: [0], predicted: [0], labels: labels)
  }
}

@Test(
  arguments: [
    ([[1, 2]], .notSquare(row: 1, found: 0, classCount: 2)),
    ([[1, 2], [3]], .notSquare(row: 1, found: 1, classCount: 2)),
    ([[1, 2], [3, -1]], .badCount(row: 1, column: 1, value: -1)),
    ([[.max, 0], [1, 0]], .badCount(row: 1, column: 0, value: 1)),
    ([[0, 0], [0, 0]], .noSamples),
  ] as [([[Int]], MetricsError)])
func countsThatAreNoMatrixAreRefusedAlsoFromFiles(counts: [[Int]], expected: MetricsError) throws {
  #expect(throws: expected) { try ConfusionMatrix(counts: counts, labels: ["a", "b"]) }
  struct Stored: Encodable {
    let counts: [[Int]]
    let labels = ["a", "b"]
  }
  let data = try JSONEncoder().encode(Stored(counts: counts))
  #expect(throws: expected) { try JSONDecoder().decode(ConfusionMatrix.self, from: data) }
}

@Test func hugeCountsDoNotTrap() throws {
  let half = Int.max / 2
  let matrix = try ConfusionMatrix(counts: [[half, 0], [half, 0]], labels: ["a", "b"])
  let report = ClassificationReport(matrix)
  #expect(abs(report.classes[0].f1 - 2.0 / 3) < 1e-12)
  #expect(!report.text.isEmpty)
}

@Test func reportsSurviveJSON() throws {
  let matrix = try ConfusionMatrix(truth: [0, 1, 1], predicted: [0, 1, 0], labels: ["불량", "b"])
  let report = ClassificationReport(matrix)
  let baseline = try MostFrequentClassBaseline(
    training: [1, 1, 0], test: [0, 1], labels: matrix.labels)
  func copy<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }
  #expect(try copy(matrix) == matrix)
  #expect(try copy(report) == report)
  #expect(try copy(baseline) == baseline)
}

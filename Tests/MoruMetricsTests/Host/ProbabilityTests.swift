import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("Figures of probabilities") struct ProbabilityTests {
  @Test("are those of scikit-learn", arguments: verdictCases("probabilities"))
  func golden(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let (table, truth) = (try file.table("probabilities"), try file.integers("truth"))
    let weights = try file.weights()
    let scores = [
      try table.logLoss(truth: truth, weights: weights),
      try table.brierScore(truth: truth, weights: weights),
    ]
    #expect(close(scores, try file.numbers("scores")), "\(scores)")
    for (place, expected) in try file.numbers("top").enumerated() where name.contains("four") {
      let found = try table.topKAccuracy(place + 1, truth: truth, weights: weights)
      #expect(close([found], [expected]))
    }
    guard file.tensors["areas"] != nil else { return }
    let areas = try [
      (.ovr, .macro), (.ovr, .weighted), (.ovo, .macro), (.ovo, .weighted), (.ovr, .micro),
    ].map { (kind: MulticlassAUC, average: LabelAverage) in
      try table.rocAUC(truth: truth, multiclass: kind, average: average) ?? .nan
    }
    #expect(close(areas, try file.numbers("areas")), "\(areas)")
  }

  @Test("of yes alone are those of no and yes")
  func positive() throws {
    let table = try NumberTable(positive: [0.25, 1])
    #expect(table.values == [0.75, 0.25, 0, 1])
    #expect(table.best == [0, 1])
    #expect(table.column(1) == [0.25, 1])
    #expect(try table.brierScore(truth: [0, 1]) == 0.03125)
    #expect(throws: MetricsError.notProbability(position: 0, value: -1)) {
      try NumberTable(positive: [-1])
    }
    #expect(throws: MetricsError.noSamples) { try NumberTable(positive: []) }
  }

  @Test("count a class that ties for the last of k places")
  func ties() throws {
    let table = try NumberTable(rows: [[1, 1, 1], [3, 2, 2]])
    #expect(try table.topKAccuracy(1, truth: [2, 2]) == 0.5)
    #expect(try table.topKAccuracy(2, truth: [2, 2]) == 1)
    #expect(table.best == [0, 0])
    #expect(throws: MetricsError.self) { try table.topKAccuracy(0, truth: [2, 2]) }
  }

  @Test("refuse tables and classes that do not fit")
  func refusals() throws {
    #expect(throws: MetricsError.ragged(values: 3, width: 2)) {
      try NumberTable([1, 2, 3], width: 2)
    }
    #expect(throws: MetricsError.ragged(values: 3, width: 2)) {
      try NumberTable(rows: [[1, 2], [3]])
    }
    #expect(throws: MetricsError.ragged(values: 0, width: 0)) { try NumberTable([], width: 0) }
    #expect(throws: MetricsError.noSamples) { try NumberTable([], width: 2) }
    #expect(throws: MetricsError.notFinite(side: .predicted, position: 1)) {
      try NumberTable([1, 2, .nan, 0], width: 2)
    }
    let table = try NumberTable([0.5, 0.5, 2, -1], width: 2)
    #expect(throws: MetricsError.notProbability(position: 1, value: 2)) {
      try table.logLoss(truth: [0, 1])
    }
    #expect(
      throws: MetricsError.classOutOfRange(side: .truth, position: 1, value: 2, classCount: 2)
    ) {
      try table.logLoss(truth: [0, 2])
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 2)) {
      try table.brierScore(truth: [0])
    }
    #expect(try table.rocAUC(truth: [1, 1]) == nil)
    #expect(try table.rocAUC(truth: [1, 1], multiclass: .ovo) == nil)
    #expect(throws: MetricsError.self) {
      try table.rocAUC(truth: [0, 1], multiclass: .ovo, average: .micro)
    }
  }
}

@Suite("Calibration") struct CalibrationTests {
  @Test("curves are those of scikit-learn", arguments: verdictCases("calibration"))
  func curves(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let curve = try CalibrationCurve(
      truth: file.truths(), probabilities: file.numbers("probabilities"),
      binCount: file.config.value("bins").integer(),
      strategy: .init(rawValue: try file.config.value("strategy").text()) ?? .uniform)
    #expect(close(curve.bins.map(\.share), try file.numbers("share")))
    #expect(close(curve.bins.map(\.meanProbability), try file.numbers("mean")))
    #expect(close([curve.expectedError, curve.maximumError], try file.numbers("errors")))
    #expect(curve.bins.reduce(0) { $0 + $1.count } == 203)
  }

  @Test("of many classes is that of the answer given")
  func classes() throws {
    let table = try NumberTable(rows: [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.1, 0.8, 0.1]])
    let curve = try CalibrationCurve(truth: [0, 1, 1], probabilities: table)
    #expect(curve.bins.map(\.meanProbability) == [0.4, 0.7, 0.8])
    #expect(curve.bins.map(\.share) == [0, 1, 1])
    #expect(throws: MetricsError.self) {
      try CalibrationCurve(truth: [true], probabilities: [0.1], binCount: 0)
    }
    #expect(throws: MetricsError.self) { try CalibrationCurve(truth: [true], probabilities: [2]) }
  }

  @Test("temperature has the least log loss", arguments: verdictCases("temperature"))
  func temperature(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let logits = try file.table("logits")
    let scaling = try TemperatureScaling(
      logits: logits, truth: file.integers("truth"), weights: file.weights())
    #expect(close([scaling.temperature], try file.numbers("temperature")))
    #expect(close(scaling.calibrated(logits).values, try file.numbers("calibrated")))
  }

  @Test(
    "temperature stays finite where no mistake bounds it, and where nothing tells classes apart")
  func temperatureLimits() throws {
    let sure = try TemperatureScaling(logits: NumberTable([1, 0, 0, 1], width: 2), truth: [0, 1])
    #expect(sure.temperature > 0 && sure.temperature < 0.1)
    let wrong = try TemperatureScaling(logits: NumberTable([1, 0, 0, 1], width: 2), truth: [1, 0])
    #expect(wrong.temperature > 1000 && wrong.temperature.isFinite)
    let flat = try TemperatureScaling(logits: NumberTable([2, 2], width: 2), truth: [1])
    #expect(flat.temperature.isFinite)
    #expect(throws: MetricsError.self) { try TemperatureScaling(temperature: 0) }
  }

  @Test("isotonic steps are those of scikit-learn", arguments: verdictCases("isotonic"))
  func isotonic(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let fit = try IsotonicCalibration(
      truth: file.truths(), scores: file.numbers("scores"), weights: file.weights())
    #expect(
      close(try file.numbers("asked").map { fit.calibrated($0) }, try file.numbers("answers")))
    #expect(zip(fit.probabilities, fit.probabilities.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("Platt's curve has the least loss", arguments: verdictCases("platt"))
  func platt(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let fit = try PlattScaling(
      truth: file.truths(), scores: file.numbers("scores"), weights: file.weights())
    let curve = try file.numbers("curve")
    #expect(abs(fit.slope - curve[0]) <= 1e-9 * abs(curve[0]), "\(fit) \(curve)")
    #expect(abs(fit.intercept - curve[1]) <= 1e-8, "\(fit) \(curve)")
    let one = try PlattScaling(truth: [true, true], scores: [1, 1])
    #expect((0.5...1).contains(one.calibrated(1)))
  }
}

import Foundation
import GoldenKit
import MoruAnomaly
import MoruCPU
import MoruData
import MoruForecasting
import MoruGenerative
import MoruLayers
import MoruLearners
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("Detectors and thresholds") struct DetectionTests {
  /// The detectors of pictures, small.
  private static func detector(_ name: String) throws -> any AnomalyDetector {
    switch name {
    case "PaDiM": PaDiM(base: try Toys.base(), dimensions: 12)
    case "PatchCore": PatchCore(base: try Toys.base(), memory: 0.03, neighbors: 3)
    default:
      Reconstruction(
        network: try Autoencoder.convolutional(
          inputShape: [24, 24, 1], filters: [12, 16], code: 8), epochs: 25)
    }
  }

  @Test(
    "defects are found in pictures and in their places, by the model that was loaded as by the one saved",
    arguments: [("PaDiM", 0.9, 0.9), ("PatchCore", 0.95, 0.9), ("reconstruction", 0.75, 0.65)])
  func pictures(name: String, area: Double, pixelArea: Double) async throws {
    let good = try Toys.stripes(60, seed: 1)
    let model = try await AnomalyDetection(
      Self.detector(name), falseAlarmRate: 0.1, heldOut: 0.33
    ).fit(good, seed: 2)
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "부품.moru").path
    try model.save(path)
    let judge = try AnomalyModel(.load(path))
    #expect(judge.makesMaps)
    #expect(judge.threshold.samples == 20)
    let samples = try SyntheticDefects(seed: 3).samples(on: Toys.stripes(30, seed: 4))
    let found = try await AnomalyJudgement(samples, by: judge)
    let before = try await AnomalyJudgement(samples, by: AnomalyModel(model))
    #expect(found.samples == before.samples)
    let report = try #require(found.report)
    #expect(report.good == 30)
    #expect(report.anomalies?.samples == 60)
    #expect(report.kinds.map(\.name) == ["scratch", "blob"])
    let figures = "\(report)"
    #expect((report.anomalies?.rocAUC?.value ?? 0) > area, "\(figures)")
    #expect((report.pixels?.rocAUC ?? 0) > pixelArea, "\(figures)")
    #expect((report.pixels?.regionOverlap ?? 0) > 0.4, "\(figures)")
    #expect((report.falseAlarms?.value ?? 1) < 0.4)
    // The answers are those of any model of two classes.
    let answers = try await model.predict(samples.data)
    let classes = try model.signature.outputs[0].classes(of: answers)
    #expect(classes == found.samples.map { $0.isAnomaly ? 1 : 0 })
    #expect(try await judge.scores(of: samples.data) == found.samples.map(\.score))
    let maps = try await judge.maps(of: samples.data)
    #expect(maps.shape == [90, 24, 24])
  }

  @Test("the same seed makes the same model, another one another")
  func seeds() async throws {
    let good = try Toys.stripes(30, seed: 1)
    let detection = AnomalyDetection(
      PatchCore(base: try Toys.base(), memory: 0.02), falseAlarmRate: 0.2)
    let first = try await detection.fit(good, seed: 7)
    #expect(try await detection.fit(good, seed: 7).weights == first.weights)
    #expect(try await detection.fit(good, seed: 8).weights != first.weights)
  }

  @Test("rows have scikit-learn's scores, as closely as its own forests have each other's")
  func scikitLearn() async throws {
    let golden = try GoldenFile("validation", "isolation_forest")
    func numbers(_ name: String) throws -> [Double] {
      try golden.tensor(name).converted(to: .float64).array(of: Double.self)
    }
    let rows = try golden.tensor("rows").converted(to: .float32)
    let data = try Dataset(
      source: "rows", features: [.init(values: rows.reshaped(to: [rows.count / 2, 2]))])
    let scores = try await IsolationDetector().scorer(of: data, seed: 1, on: .cpu).model()
      .predict(data).converted(to: .float64).array(of: Double.self)
    let distances = zip(zip(scores, try numbers("scores")), try numbers("deviation"))
      .map { abs($0.0 - $0.1) / $1 }
    #expect(distances.count == 310)
    #expect(distances.reduce(0, +) / Double(distances.count) < 1.5)
    #expect(Set(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(10)) == Set(300..<310))
  }

  @Test("mean path lengths are scikit-learn's, and rows apart have the highest scores")
  func isolationForest() async throws {
    let golden = try AnomalyGolden("path_lengths")
    for (count, expected) in zip(try golden.integers("counts"), try golden.numbers("results")) {
      let column = (0..<count).map { Double($0) }
      let forest = IsolationForest(columns: [column], treeCount: 1, seed: 0)
      #expect(abs(forest.unit - expected) < 1e-9)
    }
    let good = try Toys.rows(300, seed: 1)
    let scorer = try await IsolationDetector(trees: 40, samples: 64).scorer(
      of: good, seed: 5, on: .cpu)
    let model = try await AnomalyDetection(
      IsolationDetector(trees: 40, samples: 64), falseAlarmRate: 0.05
    ).fit(good, seed: 5)
    #expect(scorer.map == nil)
    let odd = try HostTensor([[0.5, 1.05], [0.5, 0.1], [0, 2], [3, 3]] as [[Float]])
    let scores = try await AnomalyModel(model).scores(
      of: Dataset(source: "odd", features: [.init(values: odd)]))
    #expect(scores[1...].allSatisfy { $0 > scores[0] })
    #expect(scores.allSatisfy { (0...1).contains($0) })
    await #expect(throws: AnomalyError.noMap) {
      try await AnomalyModel(model).maps(of: good)
    }
  }

  @Test("a forest's layer gives the forest's own scores", arguments: [1, 2, 300])
  func forestLayer(count: Int) async throws {
    let good = try Toys.rows(count, seed: 1)
    let values = try good.features[0].values.array(of: Float.self)
    let columns = (0..<2).map { column in
      stride(from: column, to: values.count, by: 2).map { Double(values[$0]) }
    }
    let forest = IsolationForest(columns: columns, treeCount: 30, sampleCount: 64, seed: 9)
    let scorer = try await IsolationDetector(trees: 30, samples: 64).scorer(
      of: good, seed: 9, on: .cpu)
    let probe = try Toys.rows(50, seed: 2)
    let probes = try probe.features[0].values.array(of: Float.self)
    let expected = forest.scores(
      columns: (0..<2).map { column in
        stride(from: column, to: probes.count, by: 2).map { Double(probes[$0]) }
      })
    let found = try await scorer.model().predict(probe).array(of: Float.self)
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  /// `시각,값,상태` of hours with a season of 6, of which some steps jump.
  private static func hours(_ count: Int, jumps: Set<Int> = [], gaps: Set<Int> = []) throws -> Table
  {
    let noise = Seed(4).uniform(count: count)
    let rows = (0..<count).map { hour -> String in
      let value = Double([0, 2, 5, 6, 4, 1][hour % 6]) + 0.2 * noise[hour]
      let jump = jumps.contains(hour) ? 3.0 : 0
      let text = gaps.contains(hour) ? "" : "\(value + jump)"
      return String(format: "2024-03-%02d %02d:00", 1 + hour / 24, hour % 24)
        + ",\(text),\(jumps.contains(hour) ? "고장" : "정상")"
    }
    return try Table(
      csv: Data(("시각,값,상태\n" + rows.joined(separator: "\n")).utf8), source: "hours.csv")
  }

  @Test(
    "steps of a table's series are judged by those before, the threshold from the latest good ones",
    arguments: [ForecastCandidate.seasonalNaive, .linear, .gru])
  func stepsOfATable(candidate: ForecastCandidate) async throws {
    let table = try Self.hours(400, jumps: [40, 200])
    let encoding = try SeriesEncoding(
      fitting: table, target: "값", time: "시각", context: 13, horizon: 1, missing: .carry)
    let good = try Dataset.goodSeries(of: table, by: encoding, kind: "상태", good: "정상")
    // A jump is in 13 windows.
    #expect(good.count == 400 - 12 - 2 * 13)
    var detection = AnomalyDetection(
      ForecastResidual(
        forecaster: candidate.pointLearner(.init(period: 6, epochs: 40))),
      falseAlarmRate: 0.05)
    detection.series = encoding
    let model = try await detection.fit(good, seed: 1)
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "시간.moru").path
    try model.save(path)
    let judge = try AnomalyModel(.load(path))
    #expect(judge.threshold.samples == Int((Double(good.count) * 0.3).rounded()))

    let file = folder.url.appending(path: "later.csv")
    let later = try Self.hours(120, jumps: [60, 90], gaps: [30])
    let lines = (0..<120).map { row in
      later.columns.map { $0.text(at: row) ?? "" }.joined(separator: ",")
    }
    try ("시각,값,상태\n" + lines.joined(separator: "\n")).write(
      to: file, atomically: true, encoding: .utf8)
    let given = try GivenSamples(series: file, for: judge.model.signature.inputs[0], kind: "상태")
    // From the 13th step on, and without the gap.
    #expect(given.names.count == 120 - 12 - 1)
    #expect(given.names.first == "2024-03-01 12:00")
    #expect(!given.names.contains("2024-03-02 06:00"))
    let judged = try await AnomalyJudgement(given, by: judge, good: "정상")
    let jumps = judged.samples.filter { $0.kind == "고장" }
    #expect(jumps.map(\.name) == ["2024-03-03 12:00", "2024-03-04 18:00"])
    #expect(jumps.allSatisfy { $0.isAnomaly }, "\(candidate)")
    #expect((judged.report?.anomalies?.rocAUC?.value ?? 0) > 0.95, "\(candidate)")
  }

  @Test("windows of a series are held out from the end, and refuse an encoding of others")
  func latestWindows() async throws {
    let table = try Self.hours(200)
    let encoding = try SeriesEncoding(fitting: table, target: "값", context: 7, horizon: 1)
    let good = try Dataset.goodSeries(of: table, by: encoding)
    // The last 58 of 194 windows end with the hours from 142 on, of which those to come jump.
    func threshold(_ jumps: Set<Int>) async throws -> Double {
      let data = try Dataset.goodSeries(of: Self.hours(200, jumps: jumps), by: encoding)
      let model = try await AnomalyDetection(
        ForecastResidual(forecaster: SeasonalNaive(period: 6)), falseAlarmRate: 0.05
      ).fit(data, seed: 0)
      return try AnomalyModel(model).threshold.threshold
    }
    let calm = try await threshold([])
    #expect(try await threshold(Set(stride(from: 20, to: 120, by: 9))) == calm)
    #expect(try await threshold(Set(stride(from: 150, to: 190, by: 4))) > 2 * calm)
    var detection = AnomalyDetection(
      ForecastResidual(forecaster: SeasonalNaive(period: 6)), falseAlarmRate: 0.05)
    detection.series = try SeriesEncoding(fitting: table, target: "값", context: 9, horizon: 1)
    await #expect(throws: AnomalyError.self) { try await detection.fit(good, seed: 0) }
    #expect(throws: DataError.self) {
      try Dataset.goodSeries(of: table, by: encoding, kind: "상태", good: "good")
    }
  }

  @Test("windows that hold more than the judged column are refused")
  func otherColumns() throws {
    let table = try Table(csv: Data("값,온도\n1,5\n2,6\n3,7\n4,8\n".utf8), source: "steps.csv")
    let past = try SeriesEncoding(
      fitting: table, target: "값", past: ["온도"], context: 2, horizon: 1)
    let known = try SeriesEncoding(
      fitting: table, target: "값", known: ["온도"], context: 2, horizon: 1)
    for encoding in [past, known] {
      let error = #expect(throws: DataError.self) {
        try Dataset.goodSeries(of: table, by: encoding)
      }
      #expect(
        error?.description
          == "goodSeries: steps are judged by '값' alone, and the windows hold 온도 as well. Make an "
          + "encoding without past and known columns and calendar.")
    }
  }

  @Test("a step that a forecaster does not foresee stands out")
  func series() async throws {
    func windows(_ count: Int, jump: Float, seed: Seed) throws -> Dataset {
      var generator = seed.generator
      let values = (0..<count).flatMap { start in
        (0..<9).map { step in
          let season = Float((start + step) % 4)
          return season + 0.1 * Float(generator.uniform()) + (step == 8 ? jump : 0)
        }
      }
      return try Dataset(
        source: "series",
        features: [.init(values: HostTensor(values, shape: [count, 9, 1]))])
    }
    let network = NamedLearner("LSTM") { data, seed in
      try await Sequential {
        LSTM(12)
        Dense(1)
      }.fit(
        data, epochs: 40, optimizer: .adam(learningRate: 0.02), loss: .meanSquaredError, seed: seed)
    }
    for forecaster in [SeasonalNaive(period: 4), network, Ridge()] as [any Learner] {
      let model = try await AnomalyDetection(
        ForecastResidual(forecaster: forecaster), falseAlarmRate: 0.05
      ).fit(windows(200, jump: 0, seed: 1), seed: 3)
      let judge = try AnomalyModel(model)
      let good = try await judge.scores(of: windows(100, jump: 0, seed: 2))
      let bad = try await judge.scores(of: windows(20, jump: 1.5, seed: 3))
      let limit = judge.threshold.threshold
      #expect(good.count { $0 > limit } < 20, "\(forecaster.name)")
      #expect(bad.allSatisfy { $0 > limit }, "\(forecaster.name)")
    }
  }
}

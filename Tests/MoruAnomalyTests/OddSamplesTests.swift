import Foundation
import MoruAnomaly
import MoruCPU
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruTensors
import MoruTraining
import Testing

@Suite("Odd samples") struct OddSamplesTests {
  @Test("too few good samples for a rate are refused with what would do")
  func tooFew() async throws {
    let good = try Toys.rows(100, seed: 1)
    let error = AnomalyError.tooFewGood(samples: 100, heldOut: 30, needed: 99, rate: 0.01)
    await #expect(throws: error) {
      try await AnomalyDetection(IsolationDetector()).fit(good, seed: 0)
    }
    #expect(
      "\(error)"
        == "A false-alarm rate of 0.01 needs a threshold from at least 99 good samples, and of 100 "
        + "only 30 are held out for it. Give more good samples, hold out more of them, or allow a rate "
        + "of at least 0.033.")
    // The rate that the message names is enough.
    _ = try await AnomalyDetection(IsolationDetector(), falseAlarmRate: 0.033).fit(good, seed: 0)
    await #expect(throws: AnomalyError.self) {
      try await AnomalyDetection(IsolationDetector(), falseAlarmRate: 0.9, heldOut: 0.5)
        .fit(Toys.rows(1, seed: 1), seed: 0)
    }
    for (rate, heldOut) in [(0.0, 0.3), (1, 0.3), (0.1, 0), (0.1, 1)] {
      await #expect(throws: AnomalyError.self) {
        try await AnomalyDetection(
          IsolationDetector(), falseAlarmRate: rate, heldOut: heldOut
        ).fit(good, seed: 0)
      }
    }
  }

  @Test("one good picture is enough for a detector, and constant features for a covariance")
  func onePicture() async throws {
    let one = try Toys.stripes(1, seed: 1)
    let flat = try Dataset(
      source: "flat",
      features: [.init(values: HostTensor(repeating: UInt8(7), shape: [5, 24, 24, 1]))])
    let base = try Toys.base()
    let detectors: [any AnomalyDetector] = [
      PaDiM(base: base), PatchCore(base: base), PatchCore(base: base, memory: 1e-9),
    ]
    for detector in detectors {
      for good in [one, flat] {
        let scorer = try await detector.scorer(of: good, seed: 0, on: .cpu)
        let model = try scorer.model()
        let own = try await model.predict(good).array(of: Float.self)
        let other = try await model.predict(Toys.stripes(2, seed: 9)).array(of: Float.self)
        #expect((own + other).allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(own[0] < other[0] || detector.name == "PatchCore" && own[0] <= other[0])
      }
    }
  }

  @Test("samples that a detector does not take are refused by name")
  func otherSamples() async throws {
    let base = try Toys.base()
    let rows = try Toys.rows(20, seed: 1)
    let pictures = try Toys.stripes(3, seed: 1)
    await #expect(throws: (any Error).self) {
      try await PaDiM(base: base).scorer(of: rows, seed: 0, on: .cpu)
    }
    await #expect(
      throws: AnomalyError.samples(
        detector: "isolation forest", found: "features of shape [24, 24, 1]",
        needed: "rows of a table")
    ) { try await IsolationDetector().scorer(of: pictures, seed: 0, on: .cpu) }
    await #expect(throws: AnomalyError.noMaps(layer: "means")) {
      try await PatchCore(base: base, layers: ["means"]).scorer(of: pictures, seed: 0, on: .cpu)
    }
    let unknown = try HostTensor([[1, 2], [.nan, 3]] as [[Float]])
    await #expect(throws: AnomalyError.notFinite(detector: "isolation forest", sample: 1)) {
      try await IsolationDetector().scorer(
        of: Dataset(source: "nan", features: [.init(values: unknown)]), seed: 0, on: .cpu)
    }
    let layer = Sequential { Dense(1) }
    let model = try TrainedModel(
      layer: layer,
      weights: layer.declaration(inputs: [.init(.float32, [2])]).initialValues(seed: 0),
      signature: ModelSignature(
        inputs: [ModelInput(rows.signature[0], of: rows)],
        outputs: [ModelOutput(name: "y", dtype: .float32, shape: [1], meaning: .numbers)]))
    #expect(throws: AnomalyError.notADetector) { try AnomalyModel(model) }
  }

  @Test("pictures are read by kind with their masks, whatever their size and names")
  func folders() throws {
    let folder = try TemporaryFolder()
    let pictures = HostTensor(repeating: UInt8(200), shape: [3, 20, 30, 3])
    try folder.write(pictures, names: ["시험/good/하나.png", "시험/긁힘/둘.png", "시험/긁힘/셋.png"])
    var bright = [UInt8](repeating: 0, count: 2 * 20 * 30)
    for place in 0..<300 { bright[place] = 255 }  // the upper half of the first
    let masks = try HostTensor(bright, shape: [2, 20, 30, 1])
    try folder.write(masks, names: ["마스크/긁힘/둘.png", "마스크/긁힘/셋_mask.png"])
    let input = ModelInput(
      name: "input", dtype: .uint8, shape: [10, 15, 3],
      content: InputContent(image: ImageEncoding(height: 10, width: 15, channels: 3)))
    let test = folder.url.appending(path: "시험")
    let found = try GivenSamples(
      pictures: test, for: input, masks: folder.url.appending(path: "마스크"))
    #expect(found.names == ["good/하나.png", "긁힘/둘.png", "긁힘/셋.png"])
    #expect(found.kinds == ["good", "긁힘", "긁힘"])
    #expect(found.data.features[0].values.shape == [3, 10, 15, 3])
    #expect(found.masks?.map { $0.count { $0 } } == [0, 75, 0])
    #expect(found.masks?[1].prefix(75).allSatisfy { $0 } == true)

    let flat = try GivenSamples(pictures: test.appending(path: "긁힘"), for: input)
    #expect(flat.names == ["둘.png", "셋.png"])
    #expect(flat.kinds == nil)
    #expect(flat.masks == nil)

    #expect(
      throws: AnomalyError.noMask(
        picture: "긁힘/둘.png", looked: "긁힘/둘.png nor 긁힘/둘_mask.png")
    ) { try GivenSamples(pictures: test, for: input, masks: test.appending(path: "good")) }
    try folder.write(
      HostTensor(repeating: UInt8(0), shape: [1, 5, 5, 1]), names: ["마스크/긁힘/둘.png"])
    #expect(
      throws: AnomalyError.maskSize(picture: "긁힘/둘.png", found: "5 × 5", expected: "30 × 20")
    ) {
      try GivenSamples(pictures: test, for: input, masks: folder.url.appending(path: "마스크"))
    }
    let empty = folder.url.appending(path: "빈 폴더")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    for read in [
      { _ = try GivenSamples(pictures: empty, for: input) },
      { _ = try Dataset.goodPictures(at: empty, size: (8, 8)) },
    ] {
      #expect(throws: DataError.self) { try read() }
    }
  }

  @Test("good rows are those that a column names; a cell without a value is an error, or filled")
  func tables() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "부품.csv")
    let rows = (0..<40).map { "\($0 % 7),\($0 % 5),\($0 < 35 ? "양호" : "불량")" }
    try ("두께,무게,판정\n" + rows.joined(separator: "\n") + "\n").write(
      to: file, atomically: true, encoding: .utf8)
    let good = try Dataset.goodRows(at: file, kind: "판정", good: "양호")
    #expect(good.count == 35)
    #expect(good.encoding?.columns.map(\.name) == ["두께", "무게"])
    let model = try await AnomalyDetection(IsolationDetector(), falseAlarmRate: 0.2)
      .fit(good, seed: 0)
    let given = try GivenSamples(table: file, for: model.signature.inputs[0], kind: "판정")
    #expect(given.kinds?.count { $0 == "불량" } == 5)
    let judged = try await AnomalyJudgement(given, by: AnomalyModel(model), good: "양호")
    #expect(judged.report?.good == 35)
    #expect(judged.report?.anomalies?.samples == 5)
    await #expect(
      throws: AnomalyError.samples(
        detector: "AnomalyJudgement", found: "1 names and 40 kinds for 40 samples",
        needed: "a name, and a kind if any is known, for each sample")
    ) {
      try await AnomalyJudgement(
        GivenSamples(data: given.data, names: ["one"], kinds: given.kinds),
        by: AnomalyModel(model))
    }
    #expect(throws: DataError.self) {
      try Dataset.goodRows(at: file, kind: "판정", good: "good")
    }
    let gaps = folder.url.appending(path: "gaps.csv")
    try "a,b\n1,2\n,3\n4,5\n".write(to: gaps, atomically: true, encoding: .utf8)
    #expect(throws: DataError.self) { try Dataset.goodRows(at: gaps) }
    #expect(try Dataset.goodRows(at: gaps, missing: .mean).count == 3)
  }

  @Test(
    "scores of nothing known, of good samples alone and of anomalies alone have what figures they can"
  )
  func reports() throws {
    let mixed = try AnomalyReport(
      scores: [1, 2, 3, 4], kinds: ["good", "good", "x", "y"], good: "good", threshold: 2.5)
    #expect(mixed.anomalies?.rocAUC?.value == 1)
    #expect(mixed.falseAlarms?.value == 0)
    #expect(mixed.kinds.map(\.name) == ["x", "y"])
    let good = try AnomalyReport(
      scores: [1, 2], kinds: ["good", "good"], good: "good", threshold: 1.5)
    #expect(good.anomalies == nil)
    #expect(good.falseAlarms?.value == 0.5)
    let bad = try AnomalyReport(scores: [1, 2], kinds: ["x", "x"], good: "good", threshold: 1.5)
    #expect(bad.falseAlarms == nil)
    #expect(bad.anomalies?.rocAUC == nil)
    #expect(bad.anomalies?.found.value == 0.5)
    #expect(bad.kinds == [])
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 2)) {
      try AnomalyReport(scores: [1, 2], kinds: ["good"], good: "good", threshold: 1)
    }
  }

  @Test("defects are drawn alike for one seed, where their masks say")
  func syntheticDefects() throws {
    let good = try Toys.stripes(4, seed: 1)
    let one = try SyntheticDefects(seed: 2).samples(on: good)
    let again = try SyntheticDefects(seed: 2).samples(on: good)
    #expect(one.data.features == again.data.features)
    #expect(
      one.kinds == ["good", "good", "good", "good"] + ["scratch", "scratch", "scratch", "scratch"]
        + ["blob", "blob", "blob", "blob"])
    let values = try one.data.features[0].values.array(of: UInt8.self)
    let masks = try #require(one.masks)
    for sample in 4..<12 {
      #expect(masks[sample].contains(true))
      #expect(masks[sample].count { $0 } < 24 * 24 / 4)
      for place in 0..<24 * 24 where masks[sample][place] {
        let (old, new) = (values[sample % 4 * 576 + place], values[sample * 576 + place])
        #expect(old != new || old == 0 || old == 255)
      }
    }
    #expect(throws: AnomalyError.self) {
      try SyntheticDefects(seed: 0).samples(on: Toys.rows(3, seed: 1))
    }
  }
}

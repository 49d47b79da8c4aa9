import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import MoruWorkflow
import Testing

@Suite("Verdicts on models of several outputs") struct VerdictTests {
  private static func model(_ targets: [Dataset.Target], _ objective: Objective) async throws
    -> (TrainedModel, Dataset)
  {
    let x = Input([2])
    let model = try Model(
      inputs: ["input": x],
      outputs: [
        "copy": Dense(2)(x), "side": Dense(2, activation: .softmax)(x), "sum": Dense(1)(x),
      ])
    let values = try HostTensor([[1, 2], [2, 1], [0, 1], [1, 0]] as [[Float]])
    let data = try Dataset(source: "four", features: [.init(values: values)], targets: targets)
    return (
      try await model.fit(
        data, epochs: 200, optimizer: .adam(learningRate: 0.1), objective: objective), data
    )
  }

  @Test("each output of classes or numbers is judged, in the model's order")
  func each() async throws {
    let values = try HostTensor([[1, 2], [2, 1], [0, 1], [1, 0]] as [[Float]])
    let copy = Dataset.Target(name: "copy", values: .tensor(values))
    let side = Dataset.Target(name: "side", values: .classes([1, 0, 1, 0], labels: ["a", "b"]))
    let sum = Dataset.Target(name: "sum", values: .values([3, 3, 1, 1]))
    let losses: [String: any Loss] = [
      "copy": .meanSquaredError, "side": .sparseCategoricalCrossentropy, "sum": .meanSquaredError,
    ]
    let (model, data) = try await Self.model([sum, copy, side], Objective(losses: losses))
    let verdict = try await Verdict(of: model, named: "m", on: data, seed: 1)
    #expect(verdict.answers.map(\.output) == ["side", "sum"])
    guard case .classes(let matrix, let report) = verdict.answers[0].result,
      case .numbers(let numbers) = verdict.answers[1].result
    else {
      Issue.record("not judged by classes and numbers")
      return
    }
    #expect(matrix.labels == ["a", "b"] && report.accuracy.value == 1)
    #expect(numbers.meanAbsoluteError.value < 0.2)
    let figures = try await model.evaluate(data).figures
    #expect(verdict.loss == figures["loss"])
    #expect(verdict.answers.map(\.loss) == [figures["side_loss"], figures["sum_loss"]])

    let (copier, pictures) = try await Self.model(
      [copy], Objective(losses: ["copy": .meanSquaredError]))
    await #expect(throws: WorkflowError.self) {
      try await Verdict(of: copier, named: "m", on: pictures, seed: 1)
    }
  }

  @Test("a model without a record is judged by what its outputs mean")
  func imported() async throws {
    let side = Dataset.Target(values: .classes([1, 0, 1, 0], labels: ["a", "b"]))
    let values = try HostTensor([[1, 2], [2, 1], [0, 1], [1, 0]] as [[Float]])
    let data = try Dataset(source: "four", features: [.init(values: values)], targets: [side])
    for (activation, meaning) in [
      (ActivationFunction.softmax, OutputMeaning.probabilities(labels: ["a", "b"])),
      (.linear, .scores(labels: ["a", "b"])),
    ] {
      let model = try TrainedModel(
        layer: Dense(2, activation: activation, name: "out"),
        weights: [
          "kernel": HostTensor([[2, -1], [-1, 2]] as [[Float]]),
          "bias": HostTensor([0, 0] as [Float]),
        ],
        signature: ModelSignature(
          inputs: [ModelInput(name: "input", dtype: .float32, shape: [2], content: InputContent())],
          outputs: [ModelOutput(name: "output", dtype: .float32, shape: [2], meaning: meaning)]))
      let verdict = try await Verdict(of: model, named: "m", on: data, seed: 1)
      guard case .classes(_, let report) = verdict.result else {
        Issue.record("not judged by classes")
        return
      }
      #expect(report.accuracy.value == 1)
      // Every sample's scores are 3 apart.
      #expect(abs(verdict.loss - 0.048587) < 1e-5)
    }
    #expect(
      Objective(fitting: [ModelOutput(name: "x", dtype: .float32, shape: [2], meaning: .numbers)])
        == nil)
  }

  @Test("labels are judged at the model's thresholds")
  func labels() async throws {
    let values = try HostTensor([[1, 2], [2, 1], [0, 1], [1, 0]] as [[Float]])
    let truth = try HostTensor([[1, 0], [0, 1], [1, 0], [0, 0]] as [[Float]])
    let data = try Dataset(
      source: "four", features: [.init(values: values)],
      targets: .labelSets(truth, labels: ["rare", "frequent"]))
    let model = try await Dense(2, activation: .sigmoid).fit(
      data, epochs: 1, optimizer: .sgd(), loss: .binaryCrossentropy
    ).with(thresholds: LabelThresholds([0, 1]))
    let verdict = try await Verdict(of: model, named: "m", on: data, seed: 1)
    guard case .labels(let report) = verdict.result else {
      Issue.record("not judged by labels")
      return
    }
    // Everything is "rare" and nothing is "frequent".
    #expect(report.labels.map(\.predicted) == [4, 0])
    #expect(report.exactMatch.value == 0.5)
    #expect(verdict.answers[0].loss == nil)
  }
}

@Suite("The labels that most training samples have") struct FrequentLabelsTests {
  private func table(_ counts: [Int]) throws -> HostTensor {
    let rows: [[Float]] = (0..<20).map { row in counts.map { row < $0 ? 1 : 0 } }
    return try HostTensor(rows)
  }

  @Test(
    "are those of more than half, counted",
    arguments: [
      ([10, 11], ["b"]), ([10, 10], [] as [String]), ([20, 11], ["a", "b"]),
    ])
  func frequent(counts: [Int], labels: [String]) throws {
    let samples = try table(counts)
    let baseline = try FrequentLabelsBaseline(
      training: samples, test: samples, labels: ["a", "b"])
    #expect(baseline.labels == labels)
    #expect(baseline.report.samples == 20)
  }

  @Test("are refused for tables of other labels")
  func refused() throws {
    let samples = try table([10, 11])
    #expect(throws: MetricsError.labelCounts(columns: 2, labels: 1, thresholds: 1)) {
      try FrequentLabelsBaseline(training: samples, test: samples, labels: ["a"])
    }
    for (training, test) in [(samples, HostTensor(Float(1))), (HostTensor(Float(1)), samples)] {
      #expect(throws: MetricsError.labelCounts(columns: 0, labels: 2, thresholds: 2)) {
        try FrequentLabelsBaseline(training: training, test: test, labels: ["a", "b"])
      }
    }
  }
}

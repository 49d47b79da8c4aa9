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

  @Test("the first output of classes or numbers is judged")
  func first() async throws {
    let values = try HostTensor([[1, 2], [2, 1], [0, 1], [1, 0]] as [[Float]])
    let copy = Dataset.Target(name: "copy", values: .tensor(values))
    let side = Dataset.Target(name: "side", values: .classes([1, 0, 1, 0], labels: ["a", "b"]))
    let sum = Dataset.Target(name: "sum", values: .values([3, 3, 1, 1]))
    let losses: [String: any Loss] = [
      "copy": .meanSquaredError, "side": .sparseCategoricalCrossentropy, "sum": .meanSquaredError,
    ]
    let (model, data) = try await Self.model([copy, side, sum], Objective(losses: losses))
    let verdict = try await Verdict(of: model, named: "m", on: data, seed: 1)
    guard case .classes(let matrix, let report) = verdict.result else {
      Issue.record("not judged by classes")
      return
    }
    #expect(matrix.labels == ["a", "b"] && report.accuracy.value == 1)
    #expect(try await verdict.loss == model.evaluate(data).loss)

    let other = try Dataset(
      source: "four", features: data.features, targets: [sum, side, copy])
    guard
      case .numbers(let numbers) = try await Verdict(of: model, named: "m", on: other, seed: 1)
        .result
    else {
      Issue.record("not judged by numbers")
      return
    }
    #expect(numbers.meanAbsoluteError.value < 0.2)

    let (copier, pictures) = try await Self.model(
      [copy], Objective(losses: ["copy": .meanSquaredError]))
    await #expect(throws: WorkflowError.self) {
      try await Verdict(of: copier, named: "m", on: pictures, seed: 1)
    }
  }
}

import Foundation
import MoruData
import MoruInsight
import MoruLayers
import MoruMetrics
import MoruModels
import MoruTensors
import Testing

@Suite("Permutation importance") struct PermutationImportanceTests {
  /// `3·x₀ − x₂` of uniform features.
  private func linear() throws -> (model: TrainedModel, data: Dataset) {
    let numbers: [Float] = Seed(5).uniform(count: 900).map { Float($0) }
    let features = try HostTensor(numbers, shape: [300, 3])
    var plane: [Float] = []
    for row in 0..<300 {
      let (first, last): (Float, Float) = (numbers[3 * row], numbers[3 * row + 2])
      plane.append(3 * first - last)
    }
    let data = try Dataset(
      source: "plane", features: [Dataset.Feature(values: features)],
      targets: .values(plane))
    let signature = ModelSignature(
      inputs: [ModelInput(data.signature[0], of: data)],
      outputs: [
        ModelOutput(
          name: "output", dtype: .float32, shape: [1], meaning: .value(name: "value", unit: nil))
      ])
    let model = try TrainedModel(
      layer: Sequential { Dense(1, useBias: false, name: "dense") },
      weights: ["dense/kernel": try HostTensor([3, 0, -1] as [Float], shape: [3, 1])],
      signature: signature,
      training: TrainingRecord(
        seed: 0, objective: Objective(loss: .meanSquaredError), batchSize: 1, samples: 1,
        epochs: [], keptEpoch: 0, dataChecksum: nil))
    return (model, data)
  }

  @Test("of a plane it is twice the variance that each feature brings")
  func plane() async throws {
    let (model, data) = try linear()
    let found = try await permutationImportance(
      model, data, metric: .meanSquaredError, repeats: 20, seed: 1)
    #expect(found.map(\.name) == ["input[0]", "input[2]", "input[1]"])
    // 2·w²/12 for features uniform between 0 and 1.
    #expect(abs(found[0].mean - 1.5) < 0.15 && abs(found[1].mean - 1.0 / 6) < 0.02)
    #expect(found[2].drops == [Double](repeating: 0, count: 20))
    #expect(found[0].standardDeviation > 0 && found[0].standardDeviation < 0.3)
    let again = try await permutationImportance(
      model, data, metric: .meanSquaredError, repeats: 20, seed: 1)
    #expect(again == found)
  }

  @Test("a figure that is better when greater drops, too")
  func greaterIsBetter() async throws {
    let (model, data) = try linear()
    let found = try await permutationImportance(
      model, data, metric: .r2Score, repeats: 3, seed: 1)
    #expect(found[0].name == "input[0]" && found[0].mean > 0.5)
  }

  @Test("columns of a table are shuffled whole")
  func columns() async throws {
    let csv = "색,길이,y\n빨강,1,2\n파랑,2,3\n빨강,3,1\n파랑,4,9\n"
    let table = try Table(csv: Data(csv.utf8), source: "t.csv")
    let data = try TableEncoding(fitting: table, target: "y", task: .regression)
      .dataset(from: table)
    let (plane, _) = try linear()
    let model = try TrainedModel(
      layer: plane.layer, weights: plane.weights,
      signature: ModelSignature(
        inputs: [ModelInput(data.signature[0], of: data)], outputs: plane.signature.outputs),
      training: plane.training)
    let found = try await permutationImportance(model, data, metric: .meanSquaredError)
    #expect(Set(found.map(\.name)) == ["색", "길이"])
    #expect(found.allSatisfy { $0.drops.count == 5 })
  }

  @Test("no repeats are refused")
  func repeats() async throws {
    let (model, data) = try linear()
    await #expect(throws: InsightError.outOfRange("repeats", allowed: "at least 1")) {
      _ = try await permutationImportance(model, data, metric: .meanSquaredError, repeats: 0)
    }
  }
}

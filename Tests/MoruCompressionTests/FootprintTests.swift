import MoruCompression
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite struct FootprintTests {
  /// Two numbers as they are, or weighted otherwise, judged by a loss that is −1 at best.
  private func pair(_ weights: [Float]) async throws -> (TrainedModel, Dataset) {
    let samples = try Dataset(
      source: "pairs",
      features: [.init(values: HostTensor([1, 1, 2, 2] as [Float], shape: [2, 2]))],
      targets: .tensor(HostTensor([1, 1, 2, 2] as [Float], shape: [2, 2])))
    let model = try await Sequential { Dense(2, useBias: false) }.fit(
      samples, epochs: 1, optimizer: .sgd(learningRate: 0), loss: .cosineSimilarity)
    return (
      try model.settingWeights(["dense/kernel": HostTensor(weights, shape: [2, 2])]), samples
    )
  }

  @Test("a loss below 0 that grows is a drop")
  func negativeLoss() async throws {
    let (whole, samples) = try await pair([1, 0, 0, 1])
    // What is left of the answer (1, 1) is (1, 0), at 45°.
    let (half, _) = try await pair([1, 0, 0, 0])
    let before = try await whole.compressionFigures(on: samples, batches: [])
    let after = try await half.compressionFigures(on: samples, batches: [])
    #expect(before.figure == "loss" && abs(before.value + 1) < 1e-6)
    #expect(abs(after.drop(from: before) - (1 - 0.5.squareRoot())) < 1e-6)
    #expect(before.drop(from: before) == 0)
  }

  @Test("numbers, bytes and operations are counted, and batches out of range refused")
  func counts() async throws {
    let (model, _) = try await pair([1, 0, 0, 0.5])
    let footprint = try await model.footprint(batches: [2], runs: 1)
    #expect(footprint.parameters == 4 && footprint.nonzero == 2)
    #expect(footprint.multiplyAdds == 4 && footprint.weightBytes == 16)
    #expect(footprint.latencies.map(\.batch) == [2] && footprint.milliseconds(batch: 1) == nil)
    for (batches, runs) in [([0], 1), ([65], 1), ([1], 0)] {
      await #expect(throws: CompressionError.self) {
        try await model.footprint(batches: batches, runs: runs)
      }
    }
  }
}

import MoruCompression
import MoruData
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite struct CompressionSearchTests {
  private let stage = TrainingStage(epochs: 1, optimizer: .adam(learningRate: 1e-3))

  @Test("the smallest model within the greatest drop is chosen, and a way ends when it loses more")
  func maxDrop() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained()
    var channels = ChannelPruning(recovery: stage)
    channels.shares = [0.5, 0.99]
    let search = CompressionSearch(
      ways: [channels, Int8Quantization(), WeightPruning(rounds: 1, recovery: stage)],
      maxDrop: 0.08)
    let (before, trials, chosen) = try await search(
      model, learningFrom: train, judgedOn: test, seed: 4)
    #expect(before.footprint.latencies.map(\.batch) == [1, 32])
    let best = try #require(chosen)
    #expect(best.drop <= 0.08 && best.figures.footprint.packedBytes < before.footprint.packedBytes)
    for way in ["channels", "int8", "weights"] {
      let drops = trials.filter { $0.way == way }.map(\.drop)
      #expect(!drops.isEmpty && drops.dropLast().allSatisfy { $0 <= 0.08 })
    }
    #expect(
      trials.filter { $0.drop <= 0.08 }.allSatisfy {
        $0.figures.footprint.packedBytes >= best.figures.footprint.packedBytes
      })
  }

  @Test("of models that are small enough the best is chosen; none if none is")
  func targetSize() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained(epochs: 1)
    var channels = ChannelPruning(recovery: nil)
    channels.shares = [0.25, 0.5, 0.75]
    let whole = try await model.compressionFigures(on: test, batches: [])
      .footprint.packedBytes
    var search = CompressionSearch(ways: [channels], targetSize: whole / 2)
    let (_, trials, chosen) = try await search(model, learningFrom: train, judgedOn: test, seed: 4)
    let best = try #require(chosen)
    #expect(best.figures.footprint.packedBytes <= whole / 2)
    #expect(best.share == trials.last?.share)
    search.targetSize = 100
    let none = try await search(model, learningFrom: train, judgedOn: test, seed: 4)
    #expect(none.chosen == nil && none.trials.count == 3)
    search.targetSize = 0
    let asked = search
    await #expect(throws: CompressionError.self) {
      try await asked(model, learningFrom: train, judgedOn: test, seed: 4)
    }
  }
}

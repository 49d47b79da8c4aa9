import Foundation
import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("A sweep over learning rates") struct LearningRateSweepTests {
  @Test("falls, diverges, and suggests a rate that learns")
  func digits() async throws {
    let digits = try Digits.load(count: 400)
    let sweep = try await Digits.mlp.sweepLearningRate(
      digits, optimizer: .sgd(), loss: .sparseCategoricalCrossentropy, from: 1e-4, to: 1e4,
      steps: 80)
    #expect(sweep.diverged)
    #expect(sweep.points.count > 40 && sweep.points.count < 80)
    #expect(sweep.points[0].rate == 1e-4)
    #expect(abs(sweep.points[10].rate / (1e-4 * pow(1e8, 10.0 / 79)) - 1) < 1e-12)
    let rate = try #require(sweep.suggestion)
    #expect(rate > 1e-3 && rate < 10)
    // The same seed gives the same sweep.
    let again = try await Digits.mlp.sweepLearningRate(
      digits, optimizer: .sgd(), loss: .sparseCategoricalCrossentropy, from: 1e-4, to: 1e4,
      steps: 80)
    #expect(again == sweep)
    let objective = Objective(loss: .sparseCategoricalCrossentropy)
    let other = try await Digits.mlp.sweepLearningRate(
      digits, optimizer: .sgd(), objective: objective, from: 1e-4, to: 1e4, steps: 80)
    #expect(other == sweep)

    func loss(_ rate: Double) async throws -> Double {
      let trained = try await Digits.mlp.fit(
        digits, epochs: 3, optimizer: .sgd(learningRate: .constant(rate)),
        loss: .sparseCategoricalCrossentropy)
      return try await trained.evaluate(digits).loss
    }
    #expect(try await loss(rate) < 0.5 * loss(rate / 1000))
  }

  @Test("smooths losses and finds the steepest fall")
  func judgement() {
    let rates = (0..<9).map { pow(10, Double($0) - 4) }
    let losses = [2.0, 2, 1.9, 1.5, 0.9, 0.7, 0.8, 4, 1]
    let sweep = LearningRateSweep(rates: rates, losses: losses, smoothing: 0, divergence: 4)
    #expect(sweep.diverged)
    #expect(sweep.points.map(\.smoothedLoss) == Array(losses.prefix(8)))
    #expect(sweep.suggestion == rates[3])
    let smooth = LearningRateSweep(
      rates: rates, losses: [1, 0, 0, 0, 0, 0, 0, 0, 0], smoothing: 0.5, divergence: 4)
    // 1, then (0.5 · 0.5) / 0.75, then (0.5 · 0.25) / 0.875 …
    #expect(smooth.points.prefix(3).map(\.smoothedLoss) == [1, 0.25 / 0.75, 0.125 / 0.875])
    #expect(!smooth.diverged)
    let rising = LearningRateSweep(
      rates: rates, losses: [1, 1.1, 1.2, .nan], smoothing: 0, divergence: 4)
    #expect(rising.diverged && rising.suggestion == nil)
  }

  @Test("refuses settings out of range")
  func range() async throws {
    let digits = try Digits.load(count: 50)
    for (lowest, highest, steps) in [(0.0, 1.0, 10), (1, 1, 10), (1e-3, 1, 2)] {
      await #expect(throws: TrainingError.self) {
        try await Digits.mlp.sweepLearningRate(
          digits, optimizer: .sgd(), loss: .sparseCategoricalCrossentropy, from: lowest,
          to: highest, steps: steps)
      }
    }
  }
}

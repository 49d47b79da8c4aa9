import Foundation
import GoldenKit
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Learning-rate schedules") struct LearningRateTests {
  private func rates(_ schedule: LearningRate, at steps: [Int64]) async throws -> [Double] {
    let rate = schedule.value(at: Tensor.placeholder(TensorType(.int64, [])))
    #expect(rate.type == TensorType(.float64, []))
    let tensors = steps.map { schedule.value(at: Tensor(HostTensor($0))) }
    return try await ReferenceExecutor().values(of: tensors).map {
      try $0.array(of: Double.self)[0]
    }
  }

  private func expect(
    _ schedule: LearningRate, at steps: [Int64], _ formula: (Double) -> Double
  ) async throws {
    let found = try await rates(schedule, at: steps)
    for (step, rate) in zip(steps, found) {
      let wanted = formula(Double(step))
      #expect(abs(rate - wanted) <= 1e-14, "step \(step): \(rate), not \(wanted)")
    }
  }

  @Test("constant")
  func constant() async throws {
    try await expect(0.001, at: [0, 1, 1_000_000]) { _ in 0.001 }
  }

  @Test("exponential decay, smooth and in steps", arguments: [false, true])
  func exponential(staircase: Bool) async throws {
    let schedule = LearningRate.exponentialDecay(
      initial: 0.1, steps: 10, rate: 0.5, staircase: staircase)
    try await expect(schedule, at: [0, 1, 9, 10, 11, 25, 100]) { t in
      0.1 * pow(0.5, staircase ? (t / 10).rounded(.down) : t / 10)
    }
  }

  @Test("cosine decay ends at alpha and stays there")
  func cosine() async throws {
    let schedule = LearningRate.cosineDecay(initial: 0.2, steps: 100, alpha: 0.1)
    try await expect(schedule, at: [0, 1, 25, 50, 99, 100, 101, 100_000]) { t in
      0.2 * (0.9 * (1 + cos(.pi * min(t / 100, 1))) / 2 + 0.1)
    }
    #expect(abs(try await rates(schedule, at: [100])[0] - 0.02) < 1e-15)
  }

  @Test("cosine decay after a linear warm-up, which is not a wasted step")
  func warmup() async throws {
    let schedule = LearningRate.cosineDecay(initial: 0.2, steps: 110, warmup: 10)
    try await expect(schedule, at: [0, 4, 9]) { t in 0.2 * (t + 1) / 10 }
    try await expect(schedule, at: [10, 35, 60, 109, 110, 500]) { t in
      0.1 * (1 + cos(.pi * min((t - 10) / 100, 1)))
    }
  }

  @Test("agree with Keras and PyTorch", arguments: GoldenFile.names(in: "schedules"))
  func golden(name: String) async throws {
    let file = try GoldenFile("schedules", name)
    let schedule = LearningRate.schedule(try goldenSchedule(file.className, file.config))
    let steps = try file.tensor("step").array(of: Int32.self).map { Int64($0) }
    let found = HostTensor(try await rates(schedule, at: steps))
    #expect(difference(found, from: try file.tensor("output"), tolerance: 1e-11) == nil)
  }

  @Test("every schedule can be left open and resolved", arguments: scheduleCatalog.indices)
  func openLengths(place: Int) async throws {
    let schedule = LearningRate.schedule(scheduleCatalog[place]).resolved(totalSteps: 10)
    let rates = try await rates(schedule, at: [0, 1, 5, 9, 10, 11, 1000])
    #expect(rates.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(rates.contains { $0 > 0 })
  }

  @Test("steps are counted exactly beyond 2²⁴")
  func longTraining() async throws {
    let schedule = LearningRate.exponentialDecay(initial: 1, steps: 1, rate: 0.999999999)
    let rates = try await rates(schedule, at: [20_000_000, 20_000_001])
    #expect(rates[0] > rates[1])
  }

  @Test("a schedule without length is resolved for a training, or refused")
  func resolution() async throws {
    let open = LearningRate.cosineDecay(initial: 0.2, alpha: 0.5, warmup: 2)
    #expect(
      open.resolved(totalSteps: 50)
        == .cosineDecay(initial: 0.2, steps: 50, alpha: 0.5, warmup: 2))
    let closed = LearningRate.cosineDecay(initial: 0.2, steps: 7)
    #expect(closed.resolved(totalSteps: 50) == closed)
    #expect(LearningRate.constant(0.1).resolved(totalSteps: 50) == 0.1)
    #expect(
      open.value(at: Tensor(HostTensor(Int64(0)))).error?.description.contains(
        "its number of steps is open. Give steps, or use resolved(totalSteps:) of the rate.")
        == true)
    // Shorter than its warm-up, or empty: no trap, no NaN.
    for total in [0, 1, 2] {
      let rate = try await rates(open.resolved(totalSteps: total), at: [0, 1, 2, 3])
      #expect(rate.allSatisfy { $0.isFinite && $0 > 0 })
    }
  }
}

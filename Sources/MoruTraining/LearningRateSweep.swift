import Foundation
public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors
import Synchronization

/// What a training's loss did while its learning rate grew from step to step.
public struct LearningRateSweep: Sendable, Equatable {
  /// One step.
  public struct Point: Sendable, Equatable {
    /// The step's learning rate.
    public let rate: Double
    /// The loss of the step's batch.
    public let loss: Double
    /// The running mean of the losses until then, without its bias to the first ones.
    public let smoothedLoss: Double
  }

  /// The steps, in order; the last one is where the loss diverged, if it did.
  public let points: [Point]
  /// Whether the sweep ended early because the loss diverged.
  public let diverged: Bool
  /// A good learning rate to begin with: where the smoothed loss falls most steeply over the
  /// logarithm of the rate, on its way to the least. Nil if it never falls.
  public let suggestion: Double?

  /// Judges a sweep from the losses of its steps.
  ///
  /// - Parameters:
  ///   - rates: The rate of each step, rising.
  ///   - losses: The loss of each step.
  ///   - smoothing: How slowly the running mean follows, at least 0 and below 1.
  ///   - divergence: How many times the least smoothed loss the smoothed loss may become.
  package init(rates: [Double], losses: [Double], smoothing: Double, divergence: Double) {
    var points: [Point] = []
    var (mean, weight, least) = (0.0, 1.0, Double.infinity)
    var diverged = false
    for (rate, loss) in zip(rates, losses) {
      mean = smoothing * mean + (1 - smoothing) * loss
      weight *= smoothing
      let smoothed = mean / (1 - weight)
      points.append(Point(rate: rate, loss: loss, smoothedLoss: smoothed))
      if !smoothed.isFinite || (points.count > 1 && smoothed > divergence * least) {
        diverged = true
        break
      }
      least = min(least, smoothed)
    }
    self.points = points
    self.diverged = diverged
    // Beyond the least loss the training jumps about, and may fall steeply from where it jumped to.
    let lowest = points.firstIndex { $0.smoothedLoss == least } ?? 0
    suggestion = Self.steepest(points.prefix(lowest + 1))
  }

  /// The rate at the steepest fall, by central differences.
  private static func steepest(_ points: ArraySlice<Point>) -> Double? {
    let points = Array(points)
    guard points.count > 2 else { return nil }
    let slopes = (1..<points.count - 1).map { place in
      let (before, after) = (points[place - 1], points[place + 1])
      return (after.smoothedLoss - before.smoothedLoss) / log(after.rate / before.rate)
    }
    guard let least = slopes.min(), least < 0, let place = slopes.firstIndex(of: least) else {
      return nil
    }
    return points[place + 1].rate
  }
}

extension Layer {
  /// Trains from new weights for some steps while the learning rate grows by the same factor from
  /// step to step, and notes where the loss falls and where it diverges. The weights are thrown away.
  ///
  /// - Parameters:
  ///   - data: What is learned from.
  ///   - batchSize: Samples in a step, at least 1.
  ///   - optimizer: How weights follow gradients; its own rate does not matter.
  ///   - objective: What is made small, for each output.
  ///   - lowest: The rate of the first step, above 0.
  ///   - highest: The rate of the last step, above `lowest`.
  ///   - steps: At most so many steps, at least 3.
  ///   - smoothing: How slowly the running mean of the losses follows, at least 0 and below 1.
  ///   - divergence: The sweep ends when the smoothed loss is so many times its least value, above 1.
  ///   - seed: Decides starting weights, order and dropout.
  ///   - executor: Where it runs.
  /// - Throws: `TrainingError.outOfRange`; as `fit`.
  /// - Source: Smith 2017, arXiv:1506.01186.
  public func sweepLearningRate(
    _ data: Dataset, batchSize: Int = 32, optimizer: any Optimizer, objective: Objective,
    from lowest: Double = 1e-7, to highest: Double = 10, steps: Int = 100,
    smoothing: Double = 0.9, divergence: Double = 4, seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> LearningRateSweep {
    func check(_ isFine: Bool, _ name: String, _ allowed: String) throws(TrainingError) {
      if !isFine { throw .outOfRange(name, allowed: allowed) }
    }
    try check(lowest > 0 && lowest < highest && highest.isFinite, "from", "above 0 and below to")
    try check(steps >= 3, "steps", "at least 3")
    try check((0..<1).contains(smoothing), "smoothing", "at least 0 and below 1")
    try check(divergence > 1, "divergence", "above 1")
    let rates = (0..<steps).map { place in
      lowest * pow(highest / lowest, Double(place) / Double(steps - 1))
    }
    let record = SweepRecord()
    _ = try await fit(
      data, epochs: 1, batchSize: batchSize,
      optimizer: optimizer.withLearningRate(.constant(lowest)), objective: objective,
      stepsPerEpoch: steps,
      callbacks: [
        RateRaiser(rates: rates, record: record, smoothing: smoothing, divergence: divergence)
      ], seed: seed, on: executor)
    return LearningRateSweep(
      rates: rates, losses: record.losses, smoothing: smoothing, divergence: divergence)
  }

  /// Sweeps the learning rate of a model of one output: as with an objective of this loss.
  public func sweepLearningRate(
    _ data: Dataset, batchSize: Int = 32, optimizer: any Optimizer, loss: any Loss,
    from lowest: Double = 1e-7, to highest: Double = 10, steps: Int = 100,
    smoothing: Double = 0.9, divergence: Double = 4, seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> LearningRateSweep {
    try await sweepLearningRate(
      data, batchSize: batchSize, optimizer: optimizer, objective: Objective(loss: loss),
      from: lowest, to: highest, steps: steps, smoothing: smoothing, divergence: divergence,
      seed: seed, on: executor)
  }
}

/// The losses of a sweep, which outlive the callback that notes them.
private final class SweepRecord: Sendable {
  private let noted = Mutex<[Double]>([])
  var losses: [Double] { noted.withLock { $0 } }
  func note(_ losses: [Double]) { noted.withLock { $0 += losses } }
}

/// Raises the learning rate after each step until the loss diverges.
private struct RateRaiser: Callback {
  let rates: [Double]
  let record: SweepRecord
  let smoothing: Double
  let divergence: Double

  var stepInterval: Int? { 1 }

  mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    record.note(progress.losses)
    let sweep = LearningRateSweep(
      rates: rates, losses: record.losses, smoothing: smoothing, divergence: divergence)
    if sweep.diverged { training.stop() }
    if progress.step < rates.count { try await training.setLearningRate(rates[progress.step]) }
  }
}

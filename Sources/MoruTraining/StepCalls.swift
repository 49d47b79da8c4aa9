package import MoruTensors

/// How the steps of an epoch go to the executor: so many on each way that the way costs nothing, and so few
/// that progress is seen to move and that callbacks come when they ask to.
package struct StepCalls {
  private let epoch: Int
  private let steps: Int
  private let intervals: [Int]
  private let start: ContinuousClock.Instant
  private var limit = 1
  private var called: ContinuousClock.Instant?

  /// The calls of an epoch.
  ///
  /// - Parameters:
  ///   - epoch: Its number, from 1 on.
  ///   - steps: Steps in each epoch.
  ///   - callbacks: What asks to be called after so many steps.
  ///   - start: When the epoch began.
  package init(
    epoch: Int, steps: Int, for callbacks: [any Callback],
    since start: ContinuousClock.Instant = .now
  ) {
    self.epoch = epoch
    self.steps = steps
    intervals = callbacks.compactMap(\.stepInterval)
    self.start = start
  }

  /// Begins a call: how many steps it may run at most.
  ///
  /// - Parameter step: Steps of the epoch that are done.
  package mutating func next(at step: Int) -> Int {
    let now = ContinuousClock.now
    if let called, now - called < .milliseconds(50) { limit = min(limit * 2, 1024) }
    called = now
    let before = (epoch - 1) * steps + step
    return intervals.reduce(limit) { min($0, $1 - before % $1) }
  }

  /// What callbacks are told after a call.
  ///
  /// - Parameters:
  ///   - step: Steps of the epoch that are done.
  ///   - losses: Those of the call's steps.
  ///   - totalLoss: The sum of the epoch's so far.
  package func progress(at step: Int, losses: [Double], totalLoss: Double) -> StepProgress {
    StepProgress(
      epoch: epoch, step: step, steps: steps, losses: losses,
      meanLoss: totalLoss / Double(step), elapsed: elapsed)
  }

  /// How long the epoch has taken so far.
  package var elapsed: Duration { ContinuousClock.now - start }

  /// The losses of steps, whose first result is a Float32 scalar each.
  package static func losses(of results: [[HostTensor]]) throws -> [Double] {
    try results.map { Double(try $0[0].array(of: Float.self)[0]) }
  }
}

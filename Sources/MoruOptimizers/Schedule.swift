public import MoruArchive
public import MoruGraph

/// A learning rate that changes from step to step.
public protocol Schedule: NamedPart, Hashable {
  /// The rate of the step after `t` steps (from 0 on), both Float64 scalars.
  ///
  /// It carries an error if the schedule's length is open.
  func rate(at t: Tensor) -> Tensor

  /// The same schedule with lengths that were left open set to a training's number of steps.
  func resolved(totalSteps: Int) -> Self
}

extension Schedule {
  public func resolved(totalSteps: Int) -> Self { self }
}

/// A schedule that takes a number of steps, which may be left open.
protocol TimedSchedule: Schedule {
  /// The number of steps it takes, at least 1; the whole training if nil.
  var steps: Int? { get set }
  /// The rate of the step after `t` steps of so many.
  func rate(at t: Tensor, of steps: Int) -> Tensor
}

extension TimedSchedule {
  public func rate(at t: Tensor) -> Tensor {
    if let steps { return rate(at: t, of: steps) }
    return .failure(
      Self.kind, [t],
      Mismatch(
        "its number of steps is open", "Give steps, or use resolved(totalSteps:) of the rate."))
  }

  public func resolved(totalSteps: Int) -> Self {
    var copy = self
    copy.steps = steps ?? totalSteps
    return copy
  }
}

/// From 1 to `end` along half a cosine wave: `(1 − end) · (1 + cos(π · part)) / 2 + end`.
func annealed(_ part: Tensor, to end: Double) -> Tensor {
  Tensor(1 - end) * (0.5 * (1 + cos(Tensor(Double.pi) * part))) + Tensor(end)
}

extension Fields {
  /// A number of steps, at least 1, or nil for the whole training.
  func steps(_ key: Key) throws -> Int? {
    let steps: Int? = try optional(key)
    guard (steps ?? 1) >= 1 else { throw outOfRange(key, "at least 1") }
    return steps
  }

  /// A learning rate, at least 0.
  func rate(_ key: Key, default standard: Double = 1e-3) throws -> Double {
    try number(key, default: standard, in: 0...1e6)
  }
}

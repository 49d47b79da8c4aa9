import MoruArchive
public import MoruGraph
import MoruTensors

/// The step size as a function of the number of steps done: a number, or a schedule.
public struct LearningRate: Hashable, Sendable {
  private enum Form: Sendable {
    case constant(Double)
    case schedule(any Schedule)
  }

  private let form: Form

  /// Always the same.
  public static func constant(_ rate: Double) -> LearningRate { .init(form: .constant(rate)) }

  /// What a schedule says.
  public static func schedule(_ schedule: any Schedule) -> LearningRate {
    .init(form: .schedule(schedule))
  }

  private init(form: Form) { self.form = form }

  /// The rate, if it is always the same.
  package var constant: Double? { if case .constant(let rate) = form { rate } else { nil } }

  /// The rate of the step after `iteration` steps (i64, from 0 on), a Float64 scalar.
  ///
  /// It carries an error if the schedule's length is open.
  public func value(at iteration: Tensor) -> Tensor {
    switch form {
    case .constant(let rate): Tensor(HostTensor(rate))
    // In Float64: Float32 counts no further than 2²⁴ steps.
    case .schedule(let schedule): schedule.rate(at: iteration.converted(to: .float64))
    }
  }

  /// The same schedule with lengths that were left open set to a training's number of steps.
  public func resolved(totalSteps: Int) -> LearningRate {
    guard case .schedule(let schedule) = form else { return self }
    return .schedule(schedule.resolved(totalSteps: totalSteps))
  }

  public static func == (one: LearningRate, other: LearningRate) -> Bool {
    one.comparable == other.comparable
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(comparable) }

  private var comparable: AnyHashable {
    switch form {
    case .constant(let rate): AnyHashable(rate)
    case .schedule(let schedule): AnyHashable(schedule)
    }
  }
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension LearningRate: Codable {
  /// A number, or a schedule's name, or an object with `kind` and the settings of that schedule.
  public init(from decoder: any Decoder) throws {
    guard let rate = try? decoder.singleValueContainer().decode(Double.self) else {
      self = .schedule(try decoder.part("learning-rate schedule", among: scheduleCatalog))
      return
    }
    guard rate >= 0, rate.isFinite else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "learningRate", in: "optimizer", allowed: "a number of at least 0, not \(rate)"),
        at: decoder.codingPath)
    }
    self = .constant(rate)
  }

  public func encode(to encoder: any Encoder) throws {
    switch form {
    case .constant(let rate):
      var container = encoder.singleValueContainer()
      try container.encode(rate)
    case .schedule(let schedule): try encoder.encode(part: schedule)
    }
  }
}

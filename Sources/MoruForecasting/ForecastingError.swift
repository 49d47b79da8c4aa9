/// What can go wrong when series are forecast.
public enum ForecastingError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case setting(_ name: String, problem: String, advice: String)
  /// A series has fewer steps than an evaluation needs.
  case tooShort(steps: Int, needed: Int, advice: String)
  /// Too few forecasts are left to learn intervals from.
  case tooFewForIntervals(found: Int, needed: Int, level: Double)
  /// A model does not forecast series of a table.
  case notAForecaster

  /// Refuses numbers of steps, forecasts or epochs that no series has: below 1, or so large that sums of
  /// them would not fit. Those that are nil were not given.
  static func check(_ numbers: [(name: String, value: Int?)]) throws(ForecastingError) {
    for case (let name, let value?) in numbers where !(1...greatestNumber).contains(value) {
      throw .setting(
        name, problem: "is \(value)",
        advice: "Choose a whole number from 1 to \(greatestNumber).")
    }
  }

  private static let greatestNumber = 1_000_000_000

  public var description: String {
    switch self {
    case .setting(let name, let problem, let advice): "\(name) \(problem). \(advice)"
    case .tooShort(let steps, let needed, let advice):
      "The series has \(steps) steps, and this takes at least \(needed). \(advice)"
    case .tooFewForIntervals(let found, let needed, let level):
      "An interval that covers \(Int((level * 100).rounded())) % takes errors of at least \(needed) forecasts of the "
        + "training part, and there are \(found). Choose a lower level, a shorter horizon or context, or a "
        + "longer series."
    case .notAForecaster:
      "The model was not made to forecast series of a table. Take one that `moru forecast` saved."
    }
  }
}

import Foundation

/// What a date tells of a step before it comes: a turn of a wheel as `sin` and `cos`.
public enum CalendarFeature: String, Codable, Sendable, CaseIterable {
  /// The month of the year.
  case month
  /// The day of the year.
  case yearday
  /// The day of the week.
  case weekday
  /// The time of the day.
  case hour

  /// The names of its two columns.
  var names: [String] { ["\(rawValue) sin", "\(rawValue) cos"] }

  /// `sin` and `cos` of the turn at a step; nil where steps have no dates.
  func values(at place: Int, of axis: TimeAxis) -> [Double]? {
    guard let parts = axis.components(place) else { return nil }
    let turn: Double =
      switch self {
      case .month: Double((parts.month ?? 1) - 1) / 12
      case .yearday: Double((parts.dayOfYear ?? 1) - 1) / 365.25
      case .weekday: Double((parts.weekday ?? 1) - 1) / 7
      case .hour: (Double(parts.hour ?? 0) + Double(parts.minute ?? 0) / 60) / 24
      }
    return [sin(2 * .pi * turn), cos(2 * .pi * turn)]
  }
}

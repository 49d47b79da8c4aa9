import Foundation

/// Equally spaced times: when each step of a series is.
public struct TimeAxis: Sendable, Equatable {
  /// When the first step is.
  enum Origin: Sendable, Equatable {
    /// By rows from 1 on.
    case row
    /// A plain number.
    case number(Double)
    /// A date in universal time, and whether the clock matters.
    case date(Date, endsMonth: Bool, hasClock: Bool)
  }

  let origin: Origin
  /// From one step to the next.
  public let step: TimeStep

  /// The steps of rows without times.
  static let rows = TimeAxis(origin: .row, step: .rows)

  /// When a step is: `1960-12`, `2001-12-29`, `2024-05-01 13:00`, `1984`, or a row's number.
  public func label(_ place: Int) -> String {
    switch (origin, step) {
    case (.number(let first), .numbers(let step)):
      let time = first + Double(place) * step
      return Table.Column.text(of: time == time.rounded() ? time : time.rounded(toDigits: 15))
    case (.date(_, let endsMonth, let hasClock), _):
      guard let parts = components(place) else { return "\(place + 1)" }
      var text = String(format: "%04d-%02d", parts.year ?? 0, parts.month ?? 0)
      if case .months = step, endsMonth || parts.day == 1 { return text }
      text += String(format: "-%02d", parts.day ?? 0)
      return hasClock
        ? text + String(format: " %02d:%02d", parts.hour ?? 0, parts.minute ?? 0) : text
    default: return "\(place + 1)"
    }
  }

  /// Year to second of a step, and its weekday from 1 for Sunday; nil where steps have no dates.
  func components(_ place: Int) -> DateComponents? {
    guard case .date(let first, let endsMonth, _) = origin else { return nil }
    let calendar = Calendar.universal
    let date: Date? =
      switch step {
      case .seconds(let seconds): first.addingTimeInterval(Double(place * seconds))
      // The day before the first of the next month is the last of this one, however long it is.
      case .months(let months) where endsMonth:
        calendar.date(byAdding: .month, value: place * months, to: first.addingTimeInterval(86_400))
          .map { $0.addingTimeInterval(-86_400) }
      case .months(let months): calendar.date(byAdding: .month, value: place * months, to: first)
      case .rows, .numbers: nil
      }
    return date.map {
      calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .weekday, .dayOfYear], from: $0)
    }
  }
}

extension Double {
  /// The number with so many digits, from the first that is not 0 on.
  func rounded(toDigits digits: Int) -> Double {
    // Whole numbers of no more digits stay what they are, without the time that a text of each would take.
    if self == rounded(), magnitude < pow(10, Double(digits)) { return self }
    return Double(String(format: "%.\(digits)g", self)) ?? self
  }
}

extension Calendar {
  /// Dates as they are written, whatever the machine's zone is.
  static let universal: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()
}

/// How far apart the steps of a time series are.
public enum TimeStep: Codable, Sendable, Equatable {
  /// Rows are steps: nothing says when they were.
  case rows
  /// Times are plain numbers, such as years, so far apart.
  case numbers(Double)
  /// Times are dates or clock times so many seconds apart.
  case seconds(Int)
  /// Times are dates so many months apart.
  case months(Int)

  /// Steps in the season that such times usually have: 12 months, 7 days, 24 hours, 52 weeks; nil where
  /// there is no usual one.
  public var usualPeriod: Int? {
    switch self {
    case .months(let months) where (1..<12).contains(months) && 12 % months == 0: 12 / months
    case .seconds(604_800): 52
    case .seconds(86_400): 7
    case .seconds(let seconds) where (1..<86_400).contains(seconds) && 86_400 % seconds == 0:
      86_400 / seconds
    default: nil
    }
  }

  /// The step in words, such as `1 month`.
  public var title: String {
    switch self {
    case .rows: "row"
    case .numbers(let step): Table.Column.text(of: step)
    case .months(let months):
      months % 12 == 0 ? counted(months / 12, "year") : counted(months, "month")
    case .seconds(let seconds):
      [(604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")]
        .first { seconds % $0.0 == 0 }.map { counted(seconds / $0.0, $0.1) }
        ?? counted(seconds, "second")
    }
  }
}

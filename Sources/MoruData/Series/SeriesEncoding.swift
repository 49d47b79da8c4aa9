internal import MoruArchive

/// How the rows of a table become windows of a time series: what a forecasting model takes, fitted once,
/// stored inside the model, and applied alike to every later table.
///
/// Each step of a window `[context, features]` holds the target, the columns that are known up to that
/// step, and then what is known ahead: columns and features of the calendar, each as it is `horizon` steps
/// later, so that a window also holds what is known of the steps that are forecast.
public struct SeriesEncoding: Codable, Sendable, Equatable {
  /// What becomes of steps without a value.
  public enum MissingPolicy: String, Codable, Sendable, CaseIterable {
    /// They are an error that names the first.
    case error
    /// They take the last value before them; nothing is learned or judged on such a target.
    case carry
  }

  /// The column that is forecast.
  public let target: String
  /// The column of times; rows are steps if nil.
  public let time: String?
  /// The column that tells several series apart; one series if nil.
  public let key: String?
  /// Columns beside the target that are known up to the present.
  public let past: [String]
  /// Columns that are known for the steps ahead as well, such as a price that is set before.
  public let known: [String]
  /// What the calendar says of the steps ahead.
  public let calendar: [CalendarFeature]
  /// Steps in a window.
  public let context: Int
  /// Steps that are forecast.
  public let horizon: Int
  /// What becomes of steps without a value.
  public let missing: MissingPolicy
  /// How far apart steps are.
  public let step: TimeStep

  /// Fits an encoding to a table, whose step it keeps.
  ///
  /// - Parameters:
  ///   - target: The column that is forecast.
  ///   - time: The column of times, in order; rows are steps if nil.
  ///   - key: The column that tells several series apart.
  ///   - past: Columns beside the target that are known up to the present.
  ///   - known: Columns that are known for the steps ahead as well: rows at the end of which the target is
  ///     missing hold them.
  ///   - calendar: What the calendar says of the steps ahead; times must be dates.
  ///   - context: Steps in a window, at least 1; with columns known ahead at least `horizon`.
  ///   - horizon: Steps that are forecast, at least 1.
  ///   - missing: What becomes of steps without a value.
  /// - Throws: `DataError.setting` for sizes out of range; `.series` naming the row for times that are not
  ///   equally spaced; `.unknownColumn`.
  public init(
    fitting table: Table, target: String, time: String? = nil, key: String? = nil,
    past: [String] = [], known: [String] = [], calendar: [CalendarFeature] = [], context: Int,
    horizon: Int, missing: MissingPolicy = .error
  ) throws(DataError) {
    guard Self.sizes.contains(context), Self.sizes.contains(horizon) else {
      throw .setting(
        "series",
        "context and horizon are at least 1 and at most a million, not \(context) and \(horizon).")
    }
    guard known.isEmpty && calendar.isEmpty || context >= horizon else {
      throw .setting(
        "series",
        "a window of \(context) steps does not hold what is known of \(horizon) steps ahead. "
          + "Use a context of at least \(horizon).")
    }
    let columns = [target] + past + known + [time, key].compactMap { $0 }
    guard Set(columns).count == columns.count else {
      throw .setting("series", "a column is named for two purposes. Name each once.")
    }
    for column in columns { _ = try table.column(column) }
    let step = try Self.step(of: table, time: time, key: key)
    if !calendar.isEmpty {
      switch step {
      case .months, .seconds: break
      case .rows, .numbers:
        throw .setting(
          "series", "features of the calendar need dates. Name a column of dates as the time.")
      }
    }
    self.target = target
    self.time = time
    self.key = key
    self.past = past
    self.known = known
    self.calendar = calendar
    self.context = context
    self.horizon = horizon
    self.missing = missing
    self.step = step
  }

  /// What context and horizon may be.
  private static let sizes = 1...1_000_000

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case target, time, key, past, known, calendar, context, horizon, missing, step
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "series")
    target = try fields.required(.target)
    time = try fields.optional(.time)
    key = try fields.optional(.key)
    past = try fields.value(.past, default: [])
    known = try fields.value(.known, default: [])
    calendar = try fields.value(.calendar, default: [])
    context = try fields.required(.context)
    horizon = try fields.required(.horizon)
    missing = try fields.value(.missing, default: .error)
    step = try fields.required(.step)
    guard Self.sizes.contains(context) else {
      throw fields.outOfRange(.context, "from 1 to a million, not \(context)")
    }
    guard Self.sizes.contains(horizon) else {
      throw fields.outOfRange(.horizon, "from 1 to a million, not \(horizon)")
    }
  }

  /// How far apart the rows of a table are; of several series those of the longest one.
  ///
  /// - Throws: `DataError.series` naming the row for times that are not equally spaced; `.unknownColumn`.
  public static func step(
    of table: Table, time: String?, key: String? = nil
  ) throws(DataError) -> TimeStep {
    guard let time else { return .rows }
    let rows = try groups(of: table, by: key).max { $0.rows.count < $1.rows.count }?.rows ?? []
    return try TimeColumn(table.column(time), rows: rows, of: table, step: nil).axis.step
  }

  /// The names of the features of a step, in order.
  public var features: [String] { [target] + past + known + calendar.flatMap(\.names) }

  /// The columns that are read as text whatever they hold.
  public var textColumns: Set<String> { Set([key].compactMap { $0 }) }

  /// The series of a table, in the order of their first rows.
  ///
  /// - Throws: `DataError.series` naming the row or the steps for times that are not equally spaced and
  ///   values that are missing; `.unknownColumn`; `.notANumber`.
  public func series(in table: Table) throws(DataError) -> [TimeSeries] {
    try Self.groups(of: table, by: key).map { group throws(DataError) in
      let times = try time.map { name throws(DataError) in
        try TimeColumn(table.column(name), rows: group.rows, of: table, step: step)
      }
      return try TimeSeries(
        name: group.name, times: times ?? TimeColumn(countOf: group.rows.count), rows: group.rows,
        of: table, encoding: self)
    }
  }

  /// The rows of each series, in the order of their first rows.
  private static func groups(
    of table: Table, by key: String?
  ) throws(DataError) -> [(name: String?, rows: [Int])] {
    guard let key else { return [(nil, Array(0..<table.rowCount))] }
    let column = try table.column(key)
    var groups: [(name: String?, rows: [Int])] = []
    var places: [String: Int] = [:]
    for row in 0..<table.rowCount {
      guard let name = column.text(at: row) else {
        throw .missingValue(place: table.place(ofRow: row), column: key)
      }
      if let place = places[name] {
        groups[place].rows.append(row)
      } else {
        places[name] = groups.count
        groups.append((name, [row]))
      }
    }
    return groups
  }
}

import Foundation

/// The times of some rows, and where they stand on an axis of equal steps.
struct TimeColumn {
  /// When steps are.
  let axis: TimeAxis
  /// The step of each row, ascending; steps that no row has are gaps.
  let places: [Int]

  /// Finds the step of times: their most frequent distance, which all distances must be whole multiples
  /// of.
  ///
  /// - Parameter step: The step that times must have; found out if nil.
  /// - Throws: `DataError.series` naming the row for times that cannot be read, repeat, go back or are not
  ///   equally spaced, and for fewer than two.
  init(
    _ column: Table.Column, rows: [Int], of table: Table, step: TimeStep?
  ) throws(DataError) {
    let reader = Reader(column: column, rows: rows, table: table)
    let times = try reader.times()
    try reader.checkOrder(times.keys)
    let (found, distances) = times.distances(step: step)
    guard let found else {
      throw reader.error(
        at: 0, "one time says nothing about the distance between steps",
        "Pass a series of several rows.")
    }
    if let step, found != step {
      throw reader.error(
        at: 0, "steps are \(found.title) apart, and the model's \(step.title)",
        "Pass a table with the model's steps.")
    }
    var places = [0]
    for (row, distance) in distances.enumerated() {
      guard abs(distance - distance.rounded()) < 1e-6, distance < 1e9 else {
        throw reader.error(
          at: row + 1,
          "the time is not a whole number of steps (\(found.title)) behind the one before",
          "Bring the table to equal steps, or leave the time column out to take rows as steps.")
      }
      places.append(places[row] + Int(distance.rounded()))
    }
    self.places = places
    axis = TimeAxis(origin: times.origin, step: found)
  }

  /// Rows that stand for steps themselves.
  init(countOf rows: Int) {
    axis = .rows
    places = Array(0..<rows)
  }
}

/// Times of one kind.
private enum Times {
  case numbers([Double])
  case dates([Date], hasClock: Bool)

  /// In the order of time.
  var keys: [Double] {
    switch self {
    case .numbers(let numbers): numbers
    case .dates(let dates, _): dates.map(\.timeIntervalSinceReferenceDate)
    }
  }

  var origin: TimeAxis.Origin {
    switch self {
    case .numbers(let numbers): .number(numbers[0])
    case .dates(let dates, let hasClock):
      .date(dates[0], endsMonth: endMonths(dates), hasClock: hasClock)
    }
  }

  /// The step, and how many steps lie between each two neighbours.
  func distances(step: TimeStep?) -> (TimeStep?, [Double]) {
    switch self {
    case .numbers(let numbers):
      // Nine digits: what rounding of the times leaves makes no other step.
      let differences = zip(numbers.dropFirst(), numbers).map { ($0 - $1).rounded(toDigits: 9) }
      guard let usual = mostFrequent(differences) else { return (step, []) }
      return (.numbers(usual), differences.map { $0 / usual })
    case .dates(let dates, _):
      if let months = months(dates) {
        let differences = zip(months.dropFirst(), months).map { $0 - $1 }
        guard let usual = mostFrequent(differences) else { return (step, []) }
        return (.months(usual), differences.map { Double($0) / Double(usual) })
      }
      let seconds = dates.map { Int($0.timeIntervalSinceReferenceDate.rounded()) }
      let differences = zip(seconds.dropFirst(), seconds).map { $0 - $1 }
      guard let usual = mostFrequent(differences) else { return (step, []) }
      return (.seconds(usual), differences.map { Double($0) / Double(usual) })
    }
  }

  /// Months since year 0, if every date is on the same day of its month or ends it, at the same time.
  private func months(_ dates: [Date]) -> [Int]? {
    let calendar = Calendar.universal
    let parts = dates.map {
      calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: $0)
    }
    let months = parts.map { ($0.year ?? 0) * 12 + ($0.month ?? 1) - 1 }
    let isOneClock = Set(parts.map { [$0.hour, $0.minute, $0.second] }).count == 1
    let isOneDay = Set(parts.map(\.day)).count == 1 || endMonths(dates)
    return isOneClock && isOneDay && Set(months).count == months.count ? months : nil
  }

  /// Whether all are the last days of their months, some shorter than others.
  private func endMonths(_ dates: [Date]) -> Bool {
    let calendar = Calendar.universal
    return (calendar.dateComponents([.day], from: dates[0]).day ?? 1) > 27
      && dates.allSatisfy {
        calendar.component(.day, from: $0.addingTimeInterval(86_400)) == 1
      }
  }

  /// The most frequent of some distances, the least of equally frequent ones.
  private func mostFrequent<Distance: Hashable & Comparable>(_ values: [Distance]) -> Distance? {
    Dictionary(grouping: values) { $0 }.mapValues(\.count)
      .min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }
}

/// Reads a table's times.
private struct Reader {
  let column: Table.Column
  let rows: [Int]
  let table: Table

  func error(at place: Int, _ problem: String, _ advice: String) -> DataError {
    .series(
      place: rows.indices.contains(place) ? table.place(ofRow: rows[place]) : table.source,
      problem: "column '\(column.name)': \(problem)", advice: advice)
  }

  func times() throws(DataError) -> Times {
    guard !rows.isEmpty else {
      throw error(at: 0, "there are no rows", "Pass a table with rows.")
    }
    if case .numbers(let numbers) = column.values {
      for (place, row) in rows.enumerated() where numbers[row].isNaN { throw missing(at: place) }
      let values = rows.map { numbers[$0] }
      let dates = values.compactMap(Self.date(ofDigits:))
      return dates.count == values.count ? .dates(dates, hasClock: false) : .numbers(values)
    }
    var dates: [Date] = []
    var hasClock = false
    for (place, row) in rows.enumerated() {
      guard let text = column.text(at: row) else { throw missing(at: place) }
      guard let found = Self.date(of: text) else {
        throw error(
          at: place, "the time cannot be read",
          "Write times as 2024-05-31, 2024-05-31 13:00, 2024-05, 20240531 or numbers.")
      }
      dates.append(found.date)
      hasClock = hasClock || found.hasClock
    }
    return .dates(dates, hasClock: hasClock)
  }

  func checkOrder(_ keys: [Double]) throws(DataError) {
    for place in keys.indices.dropFirst() where !(keys[place] > keys[place - 1]) {
      throw keys[place] == keys[place - 1]
        ? error(
          at: place, "the time is the same as in the row before",
          "Leave one of the rows out, or name the column that tells several series apart.")
        : error(at: place, "the time is before that of the row before", "Sort the table by time.")
    }
  }

  private func missing(at place: Int) -> DataError {
    error(at: place, "the time is missing", "Fill it in, or leave the row out.")
  }

  /// A date such as 20240531, or a month of the 20th or 21st century such as 202405; nil for any other
  /// number.
  private static func date(ofDigits number: Double) -> Date? {
    switch Int(exactly: number) {
    case let whole? where (10_000_101...99_991_231).contains(whole):
      date([whole / 10_000, whole / 100 % 100, whole % 100])
    case let whole? where (190_001...209_912).contains(whole): date([whole / 100, whole % 100])
    default: nil
    }
  }

  /// A date as people write it: year, month, day, hour, minute and second as numbers with anything
  /// between them, from the left as far as they are given, or an English month first.
  private static func date(of text: String) -> (date: Date, hasClock: Bool)? {
    let words = text.split { !$0.isLetter && !$0.isNumber }
      .flatMap { $0.split(separator: "T") }
      .flatMap { $0.split { "년월일시분초Z".contains($0) } }
    if let name = words.first, let month = month(name), words.count == 3,
      let day = Int(words[1]), let year = Int(words[2]), words[2].count == 4
    {
      return date([year, month, day]).map { ($0, false) }
    }
    let numbers = words.compactMap { Int($0) }
    guard numbers.count == words.count, (2...6).contains(numbers.count), words[0].count == 4 else {
      return nil
    }
    return date(numbers).map { ($0, numbers.count > 3) }
  }

  private static func month(_ word: Substring) -> Int? {
    let names = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    return names.firstIndex(of: String(word.lowercased().prefix(3))).map { $0 + 1 }
  }

  private static func date(_ numbers: [Int]) -> Date? {
    let all = numbers + [0, 1, 1, 0, 0, 0].dropFirst(numbers.count)
    let parts = DateComponents(
      calendar: .universal, year: all[0], month: all[1], day: all[2], hour: all[3], minute: all[4],
      second: all[5])
    return parts.isValidDate ? parts.date : nil
  }
}

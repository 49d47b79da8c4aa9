import Foundation
import MoruData
import MoruTensors
import Testing

/// `시각,값` with these times and the values 0, 1, 2 …
private func timed(_ times: [String], values: [String]? = nil) throws -> Table {
  let rows = zip(times, values ?? times.indices.map(String.init)).map { "\($0),\($1)" }
  return try table("시각,값\n" + rows.joined(separator: "\n") + "\n")
}

private func encoding(
  _ table: Table, context: Int = 2, horizon: Int = 1, missing: SeriesEncoding.MissingPolicy = .error
) throws -> SeriesEncoding {
  try SeriesEncoding(
    fitting: table, target: "값", time: "시각", context: context, horizon: horizon,
    missing: missing)
}

private func floats(_ tensor: HostTensor) throws -> [Float] { try tensor.array() }

@Suite("Time series of tables") struct SeriesTests {
  @Test(
    "find their step in dates, months, clock times, digits and plain numbers",
    arguments: [
      (["1949-11", "1949-12", "1950-01"], "1 month", "1950-02"),
      (["1700", "1701", "1702"], "1", "1703"),
      (["1700000000123", "1700000000124", "1700000000125"], "1", "1700000000126"),
      (["1700000000.25", "1700000000.5", "1700000000.75"], "0.25", "1700000001"),
      (["1700000000.5", "1700000001.75", "1700000003"], "1.25", "1700000004.25"),
      (["0.5", "0.75", "1"], "0.25", "1.25"),
      (["0.1", "0.2", "0.3"], "0.1", "0.4"),
      (["1e-9", "2e-9", "3e-9"], "1e-09", "4e-09"),
      (["20240131", "20240229", "20240331"], "1 month", "2024-04"),
      (["202411", "202412", "202501"], "1 month", "2025-02"),
      (["2024-02-28", "2024-02-29", "2024-03-01"], "1 day", "2024-03-02"),
      (["2024/05/03", "2024/05/10", "2024/05/17"], "1 week", "2024-05-24"),
      (
        ["2024-05-01 22:00", "2024-05-01T23:00", "2024-05-02 00:00Z"], "1 hour", "2024-05-02 01:00"
      ),
      (["2024년 1월 1일", "2025년 1월 1일", "2026년 1월 1일"], "1 year", "2027-01"),
      (["Jan 1 2000", "Feb 1 2000", "Mar 1 2000"], "1 month", "2000-04"),
      (["1999-03-31", "1999-06-30", "1999-09-30"], "3 months", "1999-12"),
    ])
  func steps(times: [String], step: String, next: String) throws {
    let table = try timed(times)
    let encoding = try encoding(table)
    #expect(encoding.step.title == step)
    let series = try encoding.series(in: table)
    #expect(series.map(\.values) == [[0, 1, 2]])
    #expect(series[0].axis.label(3) == next)
  }

  @Test("have the same step wherever they begin, whatever rounding leaves of the differences")
  func rounding() throws {
    let encoding = try encoding(timed(["0.1", "0.2", "0.3", "0.4"]))
    for start in [0.7, 12.3, 4096.1] {
      let times = (0..<9).map { "\(start + 0.1 * Double($0))" }
      let series = try encoding.series(in: timed(times))
      #expect(series[0].values.count == 9)
      #expect(series[0].axis.step == encoding.step)
    }
  }

  @Test("have the season that such times usually have")
  func seasons() {
    let steps: [(TimeStep, Int?)] = [
      (.months(1), 12), (.months(3), 4), (.months(12), nil), (.seconds(604_800), 52),
      (.seconds(86_400), 7), (.seconds(3600), 24), (.rows, nil), (.numbers(1), nil),
    ]
    for (step, period) in steps { #expect(step.usualPeriod == period) }
  }

  @Test(
    "refuse times that no steps can be made of, with the row and what to do",
    arguments: [
      (
        ["2024-01-01", "2024-01-01"],
        "rows.csv:3: column '시각': the time is the same as in the row before. Leave one of the rows out, "
          + "or name the column that tells several series apart."
      ),
      (
        ["2024-01-02", "2024-01-01"],
        "rows.csv:3: column '시각': the time is before that of the row before. Sort the table by time."
      ),
      (
        ["2024-01-01", "soon"],
        "rows.csv:3: column '시각': the time cannot be read. Write times as 2024-05-31, "
          + "2024-05-31 13:00, 2024-05, 20240531 or numbers."
      ),
      (
        ["2024-02-30", "2024-03-01"],
        "rows.csv:2: column '시각': the time cannot be read. Write times as 2024-05-31, "
          + "2024-05-31 13:00, 2024-05, 20240531 or numbers."
      ),
      (
        ["1", "2", "3", "3.5"],
        "rows.csv:5: column '시각': the time is not a whole number of steps (1) behind the one before. "
          + "Bring the table to equal steps, or leave the time column out to take rows as steps."
      ),
      (
        ["2024-01-01"],
        "rows.csv:2: column '시각': one time says nothing about the distance between steps. "
          + "Pass a series of several rows."
      ),
      (
        ["2024-01-01", ""],
        "rows.csv:3: column '시각': the time is missing. Fill it in, or leave the row out."
      ),
    ])
  func refusedTimes(times: [String], says: String) {
    #expect(message { _ = try encoding(timed(times)) } == says)
  }

  @Test("name gaps and missing values, and fill them if that is wished")
  func gaps() throws {
    let times = ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06", "2024-01-07"]
    let table = try timed(times, values: ["1", "2", "5", "NA", "7"])
    #expect(
      message { _ = try encoding(table).series(in: table) }
        == "rows.csv: column '값' has no value at 3 of 7 steps, the first 2024-01-03. Fill them, carry the "
        + "last value on (missing: carry), or leave the time column out to take rows as steps.")
    let carrying = try encoding(table, context: 2, missing: .carry)
    let series = try carrying.series(in: table)
    #expect(series[0].values == [1, 2, 2, 2, 5, 5, 7])
    #expect(series[0].isFilled == [false, false, true, true, false, true, false])
    // Nothing is learned on a target that nobody saw.
    let windows = try carrying.windows(of: series)
    #expect(try floats(windows.features[0].values) == [2, 2, 5, 5])
    #expect(try floats(windows.targets[0].tensor) == [5, 7])
    let late = try timed(times, values: ["", "2", "5", "6", "7"])
    #expect(
      message { _ = try encoding(late, missing: .carry).series(in: late) }
        == "rows.csv: column '값' begins with missing values. Leave out the rows before 2024-01-02.")
    let none = try timed(times, values: ["", "", "", "", ""])
    #expect(
      message { _ = try encoding(none).series(in: none) }
        == "rows.csv: column '값' has no value. Name another column.")
  }

  @Test("give windows of what is past, and of what is known ahead as it will be")
  func covariates() throws {
    let rows = ["1,10,100", "2,20,200", "3,30,300", "4,40,400", ",,500", ",,600"]
    let table = try table("값,온도,가격\n" + rows.joined(separator: "\n"))
    let encoding = try SeriesEncoding(
      fitting: table, target: "값", past: ["온도"], known: ["가격"], context: 2, horizon: 2)
    #expect(encoding.features == ["값", "온도", "가격"])
    let series = try encoding.series(in: table)
    #expect(series[0].count == 4)
    let windows = try encoding.windows(of: series)
    #expect(windows.features[0].values.shape == [1, 2, 3])
    #expect(try floats(windows.features[0].values) == [1, 10, 300, 2, 20, 400])
    #expect(try floats(windows.targets[0].tensor) == [3, 4])
    #expect(try floats(encoding.window(of: series[0])) == [3, 30, 500, 4, 40, 600])

    let short = try self.short(of: rows)
    let known = try SeriesEncoding(
      fitting: short, target: "값", known: ["가격"], context: 2, horizon: 2)
    #expect(
      message { _ = try known.window(of: known.series(in: short)[0]) }
        == "rows.csv: 가격 are to be known for 2 steps ahead, and are not known for 6. Add rows for the steps "
        + "ahead, with '값' empty.")
  }

  private func short(of rows: [String]) throws -> Table {
    try table("값,온도,가격\n" + rows.dropLast().joined(separator: "\n"))
  }

  @Test("know the calendar of the steps ahead")
  func calendar() throws {
    let table = try timed((1...12).map { String(format: "2024-%02d", $0) })
    let encoding = try SeriesEncoding(
      fitting: table, target: "값", time: "시각", calendar: [.month], context: 3, horizon: 3)
    #expect(encoding.features == ["값", "month sin", "month cos"])
    let window = try floats(encoding.window(of: encoding.series(in: table)[0]))
    // The window of October to December holds the turns of January to March.
    let turns = [0.0, 1, 2].flatMap { [sin($0 * .pi / 6), cos($0 * .pi / 6)] }
    for (place, turn) in zip([1, 2, 4, 5, 7, 8], turns) {
      #expect(abs(Double(window[place]) - turn) < 1e-6)
    }
    #expect(
      message {
        _ = try SeriesEncoding(
          fitting: table, target: "값", calendar: [.month], context: 3, horizon: 3)
      }
        == "series: features of the calendar need dates. Name a column of dates as the time.")
  }

  @Test("of several machines keep to themselves, in the order of time")
  func several() throws {
    let rows = ["가,1,1", "나,1,10", "가,2,2", "나,2,20", "가,3,3", "나,3,30", "나,4,40"]
    let table = try table("기계,t,값\n" + rows.joined(separator: "\n"))
    let encoding = try SeriesEncoding(
      fitting: table, target: "값", time: "t", key: "기계", context: 1, horizon: 1)
    let series = try encoding.series(in: table)
    #expect(series.map(\.name) == ["가", "나"])
    let windows = try encoding.windows(of: series)
    // Those that lie farthest from the end come first.
    #expect(try floats(windows.targets[0].tensor) == [20, 2, 30, 3, 40])
    #expect(try floats(windows.features[0].values) == [10, 1, 20, 2, 30])
    let held = try encoding.windows(of: series, skippingLast: 1)
    #expect(try floats(held.targets[0].tensor) == [20, 2, 30])
    let latest = try encoding.windows(of: series, latest: 2)
    #expect(try floats(latest.targets[0].tensor) == [3, 40])
  }

  @Test("give windows that end with each step, of which those that are not wanted are not built")
  func stepWindows() throws {
    let rows = ["가,1", "나,10", "가,2", "나,20", "가,3", "나,30", "나,40"]
    let table = try table("기계,값\n" + rows.joined(separator: "\n"))
    let encoding = try SeriesEncoding(
      fitting: table, target: "값", key: "기계", context: 2, horizon: 1)
    let series = try encoding.series(in: table)
    let all = try encoding.stepWindows(of: series)
    #expect(all.steps.map { $0.series } == [1, 0, 1, 0, 1])
    #expect(all.steps.map { $0.place } == [1, 1, 2, 2, 3])
    #expect(try floats(all.values) == [10, 20, 1, 2, 20, 30, 2, 3, 30, 40])
    let some = try encoding.stepWindows(of: series) { $0 == 1 && $1 > 1 }
    #expect(some.steps.map { $0.place } == [2, 3])
    #expect(try floats(some.values) == [20, 30, 30, 40])
    let none = try encoding.stepWindows(of: series) { _, _ in false }
    #expect(none.steps.isEmpty)
    #expect(none.values.shape == [0, 2, 1])
  }

  @Test("refuse windows that end with each step if they took all the memory there is")
  func tooManyWindows() throws {
    let table = try table("값\n" + String(repeating: "1\n", count: 131_072))
    let encoding = try SeriesEncoding(fitting: table, target: "값", context: 65_536, horizon: 1)
    let series = try encoding.series(in: table)
    #expect(
      message { _ = try encoding.stepWindows(of: series) }
        == "rows.csv: larger than the limit of 4294967296 numbers. Split it or make it smaller.")
    let few = try encoding.stepWindows(of: series) { $1 == 100_000 }
    #expect(few.values.shape == [1, 65_536, 1])
  }

  @Test("say what sizes may be, and that a series is too short")
  func sizes() throws {
    let table = try timed(["1", "2", "3"])
    #expect(
      message { _ = try encoding(table, context: 0) }
        == "series: context and horizon are at least 1 and at most a million, not 0 and 1.")
    let long = try encoding(table, context: 3)
    #expect(
      message { _ = try long.windows(of: long.series(in: table)) }
        == "rows.csv: no window of 3 steps with 1 step behind it fits into 3 steps. Use a shorter context or "
        + "horizon, or a longer series.")
    let longer = try encoding(table, context: 4)
    #expect(
      message { _ = try longer.window(of: longer.series(in: table)[0]) }
        == "rows.csv: 3 steps are fewer than the 4 of a window. Pass a longer series.")
    #expect(
      message {
        _ = try SeriesEncoding(
          fitting: table, target: "값", time: "시각", past: ["값"], context: 1, horizon: 1)
      } == "series: a column is named for two purposes. Name each once.")
  }

  @Test("of another step than the model's are refused")
  func otherStep() throws {
    let monthly = try encoding(timed(["2024-01", "2024-02", "2024-03"]))
    let yearly = try timed(["2022-01", "2023-01", "2024-01"])
    #expect(
      message { _ = try monthly.series(in: yearly) }
        == "rows.csv:2: column '시각': steps are 1 year apart, and the model's 1 month. "
        + "Pass a table with the model's steps.")
  }

  @Test("come back from a model's file")
  func coding() throws {
    let encoding = try encoding(timed(["2024-01", "2024-02", "2024-03"]), missing: .carry)
    let data = try JSONEncoder().encode(encoding)
    #expect(try JSONDecoder().decode(SeriesEncoding.self, from: data) == encoding)
    let text = String(decoding: data, as: UTF8.self)
    for (from, to) in [
      ("\"context\":2", "\"context\":-2"), ("\"horizon\":1", "\"horizon\":9000000"),
    ] {
      let changed = text.replacingOccurrences(of: from, with: to)
      #expect(changed != text)
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(SeriesEncoding.self, from: Data(changed.utf8))
      }
    }
  }
}

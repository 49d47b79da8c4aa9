public import Foundation
internal import MoruArchive
public import MoruTensors

/// A window of one of several series: how far it is from the end of its own, which one that is, and the
/// window's place there.
private typealias PlacedWindow = (fromEnd: Int, part: Int, place: Int)

extension SeriesEncoding {
  /// The order of time: what lies farther from the end of its series is earlier, of equals the first series'.
  private static func isEarlier(_ one: PlacedWindow, _ other: PlacedWindow) -> Bool {
    (other.fromEnd, one.part) < (one.fromEnd, other.part)
  }

  /// Windows of series and the `horizon` targets behind each, in the order of time: what lies behind a
  /// place in the data set was not known there.
  ///
  /// - Shapes: One feature `input`, Float32 `[windows, context, features]`; the target is
  ///   `[windows, horizon]`.
  /// - Parameters:
  ///   - series: Of a table of this encoding.
  ///   - skipping: Steps at the end of each series that nothing is taken from.
  ///   - latest: Steps before those that windows and targets are taken from; all if nil.
  /// - Throws: `DataError.series` with the sizes if no window fits.
  public func windows(
    of series: [TimeSeries], skippingLast skipping: Int = 0, latest: Int? = nil
  ) throws(DataError) -> Dataset {
    var parts: [(values: HostTensor, targets: HostTensor)] = []
    var order: [PlacedWindow] = []
    for one in series {
      let end = one.count - skipping
      let start = max(0, end - (latest ?? end))
      guard end - start >= context + horizon else { continue }
      let found = try Dataset.windows(
        of: one.table, features: features, target: target, window: context, horizon: 1...horizon,
        rows: start..<end)
      // A horizon of one step gives single numbers, and a horizon's axis is kept all the same.
      let targets = try Dataset.shaped(found.targets[0].tensor, [found.count, horizon])
      for place in 0..<found.count {
        let ahead = start + place + context
        if one.isFilled[ahead..<ahead + horizon].contains(true) { continue }
        order.append((one.count - ahead, parts.count, place))
      }
      parts.append((found.features[0].values, targets))
    }
    guard !order.isEmpty else {
      let lengths = series.map { max(0, $0.count - skipping) }
      throw .series(
        place: series.first?.table.source ?? target,
        problem:
          "no window of \(context) steps with \(counted(horizon, "step")) behind it fits into "
          + counted(lengths.max() ?? 0, "step"),
        advice: "Use a shorter context or horizon, or a longer series.")
    }
    order.sort(by: Self.isEarlier)
    var starts = [0]
    for part in parts { starts.append((starts.last ?? 0) + part.values.shape[0]) }
    let rows = order.map { starts[$0.part] + $0.place }
    let values: HostTensor
    let targets: HostTensor
    do throws(TensorError) {
      values = try HostTensor.concatenated(parts.map(\.values)).rows(rows)
      targets = try HostTensor.concatenated(parts.map(\.targets)).rows(rows)
    } catch { throw .inconsistent("\(error)") }
    return try Dataset(
      source: series.first?.table.source ?? target,
      features: [Dataset.Feature(values: values)], targets: .tensor(targets))
  }

  /// The window that ends before a step of a series: all that is known when the step is forecast.
  ///
  /// - Shapes: `[1, context, features]`, Float32.
  /// - Parameter place: The first step that is forecast; the one behind the last known target if nil.
  /// - Throws: `DataError.series` if there are too few steps before, or the value of a column that is
  ///   known ahead is missing.
  public func window(
    of series: TimeSeries, before place: Int? = nil
  ) throws(DataError) -> HostTensor {
    let place = place ?? series.count
    guard place >= context, place <= series.count else {
      throw .series(
        place: series.table.source,
        problem: "\(counted(place, "step")) are fewer than the \(context) of a window",
        advice: "Pass a longer series.")
    }
    guard place <= series.knownCount else {
      throw .series(
        place: series.table.source,
        problem:
          "\(known.joined(separator: ", ")) are to be known for \(counted(horizon, "step")) ahead, "
          + "and are not known for \(series.axis.label(series.knownCount + horizon))",
        advice: "Add rows for the steps ahead, with '\(target)' empty.")
    }
    var values = [Float](repeating: 0, count: context * features.count)
    for (column, name) in features.enumerated() {
      guard case .numbers(let numbers) = try series.table.column(name).values else { continue }
      for step in 0..<context {
        let value = Float(numbers[place - context + step])
        guard value.isFinite else { throw .outOfRange(place: series.table.source, column: name) }
        values[step * features.count + column] = value
      }
    }
    do throws(TensorError) {
      return try HostTensor(values, shape: [1, context, features.count])
    } catch { throw .inconsistent("\(error)") }
  }
}

/// Windows that end with one step after another.
public struct StepWindows: Sendable {
  /// `[windows, context, features]`, Float32.
  public let values: HostTensor
  /// Which of the series each window is of, and the place of its last step.
  public let steps: [(series: Int, place: Int)]
}

extension SeriesEncoding {
  /// The windows of series that end with each step whose target is known, in the order of time.
  ///
  /// - Parameters:
  ///   - series: Of a table of this encoding.
  ///   - isTaken: Whether the window that ends with a step of a series is wanted; others are not built.
  /// - Throws: `DataError.series` if no window fits, `.tooLarge` for too many numbers; as
  ///   ``window(of:before:)``.
  public func stepWindows(
    of series: [TimeSeries],
    where isTaken: (_ series: Int, _ place: Int) -> Bool = { _, _ in true }
  ) throws(DataError) -> StepWindows {
    var doesOneFit = false
    var order: [PlacedWindow] = []
    for (number, one) in series.enumerated() where one.count >= context {
      for place in context - 1..<one.count where !one.isFilled[place] {
        doesOneFit = true
        if isTaken(number, place) { order.append((one.count - place, number, place)) }
      }
    }
    guard doesOneFit else {
      throw .series(
        place: series.first?.table.source ?? target,
        problem:
          "no window of \(context) steps fits into "
          + counted(series.map(\.count).max() ?? 0, "step"),
        advice: "Use a shorter window, or a longer series.")
    }
    guard order.count <= TableEncoding.elementLimit / (context * features.count) else {
      throw .tooLarge(
        file: series.first?.table.source ?? target, limit: TableEncoding.elementLimit,
        unit: "numbers")
    }
    order.sort(by: Self.isEarlier)
    let parts = try order.map { step throws(DataError) in
      try window(of: series[step.part], before: step.place + 1)
    }
    do throws(TensorError) {
      // Where none is taken, no windows have a shape all the same.
      let none = try HostTensor([Float](), shape: [0, context, features.count])
      return StepWindows(
        values: try HostTensor.concatenated([none] + parts),
        steps: order.map { (series: $0.part, place: $0.place) })
    } catch { throw .inconsistent("\(error)") }
  }
}

/// The last window of each series of a table, with names for the answers.
public struct SeriesWindows: Sendable {
  /// `[series, context, features]`
  public let batch: HostTensor
  /// What to call each series: its key, or the table's name.
  public let names: [String]
  /// When the steps ahead of each series are.
  public let steps: [[String]]
}

extension SeriesEncoding {
  /// The last window of each series of a file.
  ///
  /// - Throws: `DataError` naming the place for what cannot be read or is no such series.
  public func windows(at url: URL) throws(DataError) -> SeriesWindows {
    try lastWindows(
      of: series(in: Table(at: url, asText: textColumns)), source: url.lastPathComponent)
  }

  /// The last window of each series.
  ///
  /// - Parameter source: The name of an only series.
  /// - Throws: As ``window(of:before:)``.
  public func lastWindows(
    of series: [TimeSeries], source: String
  ) throws(DataError) -> SeriesWindows {
    let parts = try series.map { one throws(DataError) in try window(of: one) }
    do throws(TensorError) {
      return SeriesWindows(
        batch: try HostTensor.concatenated(parts), names: series.map { $0.name ?? source },
        steps: series.map { one in (0..<horizon).map { one.axis.label(one.count + $0) } })
    } catch { throw .inconsistent("\(error)") }
  }
}

import Foundation
package import Moru

/// A curve of predictions that hugs the true one proves nothing where tomorrow is almost today: the
/// naive forecast hugs it as well. Judged walk forward, each part of the series by a model of all that
/// went before, recurrent networks on real prices are no better.
package struct StockSeries: Lesson {
  package static let name = "stock"
  package static let claim =
    "On a real stock, recurrent networks are not better than \"tomorrow equals today\"."

  package struct Findings: LessonFindings {
    /// The mean absolute error of the naive forecast in each part, in dollars.
    package let naive: [Double]
    /// The same of each forecaster.
    package let forecasters: [(name: String, errors: [Double])]

    /// The mean error of each forecaster, where the naive one's is 1.
    package var ratios: [(name: String, ratio: Double)] {
      forecasters.map { ($0.name, $0.errors.reduce(0, +) / naive.reduce(0, +)) }
    }

    package var summary: String {
      let mean = naive.reduce(0, +) / Double(naive.count)
      return
        (["tomorrow equals today: off by \(mean.short) dollars"]
        + ratios.map { "\($0.name): \($0.ratio.short) times that" }).joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Mean absolute error of the next day's price, dollars", xTitle: "Part of the series",
        series: [.init(name: "tomorrow = today", values: naive)]
          + forecasters.map { .init(name: $0.name, values: $0.errors) })
    }
  }

  /// How a window of prices becomes numbers and a forecast becomes a price.
  private enum Form {
    /// Prices, scaled to those of the training part.
    case prices
    /// Per cent above or below the window's last price.
    case changes
  }

  package init() {}

  package func run() async throws -> Findings {
    let table = try Dataset.csv(
      at: URL(filePath: "Examples/data/ibm_stock.csv.gz"), target: "close", features: ["date"],
      task: .regression)
    guard case .values(let prices) = table.target else {
      return Findings(naive: [], forecasters: [])
    }
    // The first half is for learning alone; then each quarter of the rest is judged in turn.
    let bounds = (0...4).map { prices.count / 2 + $0 * prices.count / 8 }
    let parts = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    let naive = parts.map { part in
      part.reduce(0) { $0 + Double(abs(prices[$1] - prices[$1 - 1])) } / Double(part.count)
    }
    var forecasters: [(String, [Double])] = []
    for (name, layer, window, form) in [
      ("SimpleRNN, 4 days", SimpleRNN(16), 4, .changes), ("LSTM, 4 days", LSTM(16), 4, .changes),
      ("GRU, 4 days", GRU(16), 4, .changes), ("LSTM, 20 days", LSTM(16), 20, .changes),
      ("LSTM on prices", LSTM(16), 4, .prices),
    ] as [(String, any Layer, Int, Form)] {
      var errors: [Double] = []
      for part in parts {
        errors.append(try await error(of: layer, in: part, of: prices, window: window, form))
      }
      forecasters.append((name, errors))
    }
    return Findings(naive: naive, forecasters: forecasters)
  }

  /// The mean absolute error in a part of the series of a model that has learned all before it.
  private func error(
    of layer: any Layer, in part: Range<Int>, of prices: [Float], window: Int, _ form: Form
  ) async throws -> Double {
    let known = prices[..<part.lowerBound]
    let (low, high) = (known.min() ?? 0, known.max() ?? 1)
    func number(_ price: Float, after last: Float) -> Float {
      switch form {
      case .prices: (price - low) / (high - low)
      case .changes: 100 * (price / last - 1)
      }
    }
    func price(_ number: Float, after last: Float) -> Float {
      switch form {
      case .prices: low + number * (high - low)
      case .changes: last * (1 + number / 100)
      }
    }
    func samples(_ days: Range<Int>) throws -> Dataset {
      let windows = days.flatMap { day in
        prices[day - window..<day].map { number($0, after: prices[day - 1]) }
      }
      return try Dataset(
        source: "windows",
        features: [.init(values: HostTensor(windows, shape: [days.count, window, 1]))],
        targets: .values(days.map { number(prices[$0], after: prices[$0 - 1]) }))
    }
    let model = Sequential([layer, Dense(1)])
    let trained = try await model.fit(
      samples(window..<part.lowerBound), epochs: 20, optimizer: .adam(), loss: .meanSquaredError)
    let forecasts = try await trained.predict(samples(part)).array(of: Float.self)
    let errors = zip(part, forecasts).map { day, forecast in
      Double(abs(price(forecast, after: prices[day - 1]) - prices[day]))
    }
    return errors.reduce(0, +) / Double(errors.count)
  }
}

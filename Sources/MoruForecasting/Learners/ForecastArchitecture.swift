public import MoruLayers
import MoruTensors

/// The kinds of networks that forecast series, with their sizes.
///
/// Each takes a window `[context, features]`, whose first feature is the target, and gives
/// `[horizon, quantiles]` all at once.
public enum ForecastArchitecture: Sendable, Equatable {
  /// A long short-term memory that reads the window.
  case lstm(units: Int = 32)
  /// A gated recurrent unit that reads the window.
  case gru(units: Int = 32)
  /// Dilated causal convolutions, as many blocks as the window needs.
  case tcn(filters: Int = 24, kernel: Int = 3, dropout: Double = 0.1)
  /// N-BEATS with bases that it learns.
  case nbeats(blocks: Int = 3, layers: Int = 3, units: Int = 64)
  /// N-BEATS whose stacks are a trend and a season.
  case interpretableNBEATS(blocks: Int = 2, layers: Int = 3, units: Int = 64)

  /// What tables call it.
  public var name: String {
    switch self {
    case .lstm: "LSTM"
    case .gru: "GRU"
    case .tcn: "TCN"
    case .nbeats: "N-BEATS"
    case .interpretableNBEATS: "N-BEATS, trend and season"
    }
  }

  /// The network.
  ///
  /// - Parameters:
  ///   - context: Steps in a window.
  ///   - features: Numbers in a step, the target first.
  ///   - horizon: Steps ahead.
  ///   - quantiles: Numbers for each of them.
  /// - Throws: `ForecastingError.setting` for sizes below 1.
  public func network(
    context: Int, features: Int, horizon: Int, quantiles: Int
  ) throws -> any Layer {
    try check([context, features, horizon, quantiles] + sizes)
    let head: [any Layer] = [
      Dense(horizon * quantiles), Reshape([horizon, quantiles]), OrderedQuantiles(),
    ]
    switch self {
    case .lstm(let units): return Sequential([LSTM(units)] + head)
    case .gru(let units): return Sequential([GRU(units)] + head)
    case .tcn(let filters, let kernel, let dropout):
      let convolutions = TemporalConvolution(
        filters: filters, kernel: kernel, dropout: dropout, context: context)
      return Sequential(try [convolutions.network(features: features)] + head)
    case .nbeats(let blocks, let layers, let units):
      return try NBEATS(
        context: context, features: features, horizon: horizon, quantiles: quantiles,
        layers: layers, units: units
      ).network(stacks: [.init(blocks: blocks, basis: .generic)])
    case .interpretableNBEATS(let blocks, let layers, let units):
      return try NBEATS(
        context: context, features: features, horizon: horizon, quantiles: quantiles,
        layers: layers, units: units
      ).network(stacks: [
        .init(blocks: blocks, basis: .trend(degree: 2)),
        .init(blocks: blocks, basis: .seasonality(harmonics: max(1, horizon / 2))),
      ])
    }
  }

  private var sizes: [Int] {
    switch self {
    case .lstm(let units), .gru(let units): [units]
    case .tcn(let filters, let kernel, _): [filters, kernel]
    case .nbeats(let blocks, let layers, let units),
      .interpretableNBEATS(let blocks, let layers, let units):
      [blocks, layers, units]
    }
  }

  private func check(_ sizes: [Int]) throws {
    guard sizes.allSatisfy({ $0 >= 1 }) else {
      throw ForecastingError.setting(
        name, problem: "has a size below 1", advice: "Choose sizes of at least 1.")
    }
  }
}

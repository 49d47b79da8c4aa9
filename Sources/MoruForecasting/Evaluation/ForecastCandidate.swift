public import MoruCPU
public import MoruGraph
import MoruLearners
public import MoruModels

/// What may forecast a series: baselines, a linear model, and networks.
public enum ForecastCandidate: String, Codable, Sendable, CaseIterable {
  /// The last value.
  case naive
  /// The value of the season before.
  case seasonalNaive = "seasonal-naive"
  /// Along the line from the window's first value to its last.
  case drift
  /// Ridge regression of every step on the window.
  case linear
  /// A long short-term memory.
  case lstm
  /// A gated recurrent unit.
  case gru
  /// Dilated causal convolutions.
  case tcn
  /// N-BEATS with bases that it learns.
  case nbeats
  /// N-BEATS of a trend and a season.
  case interpretableNBEATS = "nbeats-interpretable"

  /// Whether nothing is learned from the series but the width of intervals.
  public var isBaseline: Bool {
    switch self {
    case .naive, .seasonalNaive, .drift: true
    case .linear, .lstm, .gru, .tcn, .nbeats, .interpretableNBEATS: false
    }
  }

  /// How candidates are made.
  public struct Setting: Sendable {
    /// Steps in a season, at least 1.
    public var period: Int
    /// How often the true value shall lie within the interval.
    public var level: Double
    /// Number of series that are learned together.
    public var seriesCount: Int
    /// Most epochs of a network's training.
    public var epochs: Int
    /// Where networks are trained and asked.
    public var executor: any Executor

    /// How candidates are made.
    public init(
      period: Int, level: Double = 0.9, seriesCount: Int = 1, epochs: Int = 300,
      executor: any Executor = .cpu
    ) {
      self.period = period
      self.level = level
      self.seriesCount = seriesCount
      self.epochs = epochs
      self.executor = executor
    }
  }

  /// The learner, with intervals.
  public func learner(_ setting: Setting) -> any Learner {
    let tail = (1 - setting.level) / 2
    let interval = SplitConformal(
      bare(setting, quantiles: [tail, 0.5, 1 - tail]), level: setting.level,
      split: TimeSplit(share: 0.25, seriesCount: setting.seriesCount), on: setting.executor)
    // Several series are seldom of one size: their windows get one, and intervals with them.
    return NormalizedWindows(interval, scalesWindows: setting.seriesCount > 1)
  }

  /// The learner of the forecast alone, without intervals.
  public func pointLearner(_ setting: Setting) -> any Learner {
    NormalizedWindows(
      bare(setting, quantiles: [0.5]), scalesWindows: setting.seriesCount > 1)
  }

  /// The learner of windows of one level and scale.
  private func bare(_ setting: Setting, quantiles: [Double]) -> any Learner {
    func network(_ architecture: ForecastArchitecture) -> ForecastNetwork {
      ForecastNetwork(
        architecture, quantiles: quantiles, epochs: setting.epochs,
        split: TimeSplit(share: 0.2, seriesCount: setting.seriesCount), on: setting.executor)
    }
    return switch self {
    case .naive: SeasonalNaive.lastValue
    case .seasonalNaive: SeasonalNaive(period: setting.period)
    case .drift: Drift()
    case .linear: Ridge()
    case .lstm: network(.lstm())
    case .gru: network(.gru())
    case .tcn: network(.tcn())
    case .nbeats: network(.nbeats())
    case .interpretableNBEATS: network(.interpretableNBEATS())
    }
  }
}

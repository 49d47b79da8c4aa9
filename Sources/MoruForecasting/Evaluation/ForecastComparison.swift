public import MoruData
public import MoruMetrics
import MoruModels
public import MoruTensors

/// Candidates side by side on one walk along the series, each beside the seasonal naive forecast.
public struct ForecastComparison: Sendable {
  /// What one candidate came to.
  public struct Entry: Sendable {
    /// The candidate.
    public let candidate: ForecastCandidate
    /// What its forecasts came to.
    public let backtest: Backtest
    /// How it compares with the reference; nil for the reference itself, and where it is undefined.
    public let skill: ForecastSkill?
    /// How long fitting and forecasting took.
    public let duration: Duration
  }

  /// How candidates were made.
  public let setting: ForecastCandidate.Setting
  /// All candidates, in the order in which they were given.
  public let entries: [Entry]
  /// The candidate that the others are compared with: the seasonal naive forecast, or the last value for a
  /// period of 1.
  public let reference: ForecastCandidate

  /// Walks along series with candidates; the reference is added if it is not among them.
  ///
  /// - Parameters:
  ///   - candidates: What is compared.
  ///   - series: Of a table of the encoding.
  ///   - encoding: How windows are made.
  ///   - setting: How candidates are made.
  ///   - walk: When forecasts are made.
  ///   - seed: Decides every random choice.
  ///   - began: Called before each candidate.
  /// - Throws: As ``WalkForward/judge(_:on:encoding:period:seed:executor:)``.
  public init(
    of candidates: [ForecastCandidate], on series: [TimeSeries], encoding: SeriesEncoding,
    setting: ForecastCandidate.Setting, walk: WalkForward, seed: Seed = 0,
    began: (ForecastCandidate) -> Void = { _ in }
  ) async throws {
    let reference: ForecastCandidate = setting.period > 1 ? .seasonalNaive : .naive
    // With a period of 1 both are one.
    let wanted = candidates.filter { $0 != .seasonalNaive || setting.period > 1 }
    var judged: [(ForecastCandidate, Backtest, Duration)] = []
    for candidate in wanted.contains(reference) ? wanted : [reference] + wanted {
      began(candidate)
      let start = ContinuousClock.now
      let backtest = try await walk.judge(
        candidate.learner(setting), on: series, encoding: encoding, period: setting.period,
        seed: seed.child(candidate.rawValue), executor: setting.executor)
      judged.append((candidate, backtest, ContinuousClock.now - start))
    }
    let standard = judged.first { $0.0 == reference }?.1
    entries = try judged.map { candidate, backtest, duration in
      Entry(
        candidate: candidate, backtest: backtest,
        skill: try candidate == reference
          ? nil : standard.flatMap { try backtest.skill(over: $0, seed: seed.child("skill")) },
        duration: duration)
    }
    self.setting = setting
    self.reference = reference
  }

  /// The candidate of the least mean absolute error, the first of equal ones.
  public var best: Entry? { Self.least(entries) }

  /// The learned candidate of the least mean absolute error; nil if only baselines were compared.
  public var bestLearned: Entry? { Self.least(entries.filter { !$0.candidate.isBaseline }) }

  private static func least(_ entries: [Entry]) -> Entry? {
    entries.min {
      $0.backtest.figures.overall.meanAbsoluteError < $1.backtest.figures.overall.meanAbsoluteError
    }
  }
}

import Foundation
import MoruData
import MoruMetrics

/// What a comparison says in plain words.
public struct ForecastVerdict: Codable, Sendable, Equatable {
  /// Whether a learned model errs less than the reference, as far as the forecasts can tell.
  public enum Outcome: String, Codable, Sendable {
    /// It does: the interval of its skill lies above 0.
    case beatsReference
    /// It does not: the interval includes 0, or lies below.
    case doesNotBeatReference
    /// It does, but another baseline errs less still.
    case doesNotBeatBaselines
    /// There are too few forecasts to tell.
    case undecided
    /// No learned model was compared.
    case onlyBaselines
  }

  /// The outcome.
  public let outcome: Outcome
  /// One sentence of it.
  public let headline: String
  /// Further sentences: what to keep in mind.
  public let remarks: [String]
}

extension ForecastComparison {
  /// What the comparison says.
  public var verdict: ForecastVerdict {
    guard let learned = bestLearned else {
      return ForecastVerdict(
        outcome: .onlyBaselines, headline: "Only baselines were compared.", remarks: coverage)
    }
    let name = learned.backtest.learner
    let other = reference.title
    let outcome: ForecastVerdict.Outcome
    let headline: String
    if let skill = learned.skill, let interval = skill.interval {
      let change = percent(abs(skill.value))
      let range =
        "95 % interval \(percent(interval.lower)) to \(percent(interval.upper))"
      if skill.isBetter, let best, best.candidate.isBaseline {
        outcome = .doesNotBeatBaselines
        headline =
          "No learned model beats the baselines: \(name) errs \(change) less than \(other) (skill, \(range)), "
          + "but \(best.candidate.title) errs less still."
      } else if skill.isBetter {
        outcome = .beatsReference
        headline = "\(name) errs \(change) less than \(other) (skill, \(range))."
      } else {
        outcome = .doesNotBeatReference
        headline =
          "\(name), the best learned model, does not beat \(other): it errs \(change) "
          + "\(skill.value >= 0 ? "less" : "more") (skill, \(range))."
      }
    } else {
      outcome = .undecided
      headline =
        "Too few forecasts to tell whether \(name) beats \(other): judge more of them, or forecast fewer "
        + "steps."
    }
    return ForecastVerdict(outcome: outcome, headline: headline, remarks: remarks)
  }

  private var remarks: [String] {
    var remarks: [String] = []
    let learned = entries.count { !$0.candidate.isBaseline }
    if learned > 1 {
      remarks.append(
        "The best of \(learned) learned models was chosen on these forecasts, which flatters it a little."
      )
    }
    if entries.allSatisfy({ $0.backtest.figures.overall.meanAbsoluteScaledError == nil }) {
      remarks.append(
        "There is no scaled error (MASE): the training part never changes from season to season.")
    }
    if let left = entries.first?.backtest.leftOut, left > 0 {
      remarks.append(
        "\(left) forecasts are left out of the figures, because a value they forecast is missing.")
    }
    return remarks + coverage
  }

  /// What the intervals of the best candidate came to.
  private var coverage: [String] {
    guard let best, let share = best.backtest.figures.overall.coverage else { return [] }
    let text =
      "The \(percent(setting.level)) intervals of \(best.backtest.learner) covered "
      + "\(percent(share)) of the true values"
    return share < setting.level - 0.05
      ? [
        text + ": they are too narrow; the series may have changed, or the training part be short."
      ]
      : [text + "."]
  }
}

extension ForecastCandidate {
  /// What sentences call it.
  public var title: String {
    switch self {
    case .naive: "the last value"
    case .seasonalNaive: "the seasonal naive forecast"
    case .drift: "the drift"
    case .linear: "the linear model"
    case .lstm: "the LSTM"
    case .gru: "the GRU"
    case .tcn: "the TCN"
    case .nbeats: "N-BEATS"
    case .interpretableNBEATS: "N-BEATS of trend and season"
    }
  }
}

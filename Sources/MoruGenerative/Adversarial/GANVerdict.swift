import Foundation
public import MoruTraining

/// What the losses of a GAN's training say of it.
public enum GANVerdict: Equatable, Sendable, CustomStringConvertible {
  /// A loss is not a number or infinite.
  case diverged(epoch: Int)
  /// Made samples are alike: their variance is this share of the real ones'.
  case collapsed(diversity: Double)
  /// The discriminator's loss is where it cannot tell real from made.
  case equilibrium(loss: Double, optimum: Double)
  /// The discriminator's loss has settled elsewhere.
  case plateau(loss: Double, optimum: Double)
  /// The discriminator's loss still moves, by this share from one quarter of the epochs to the next.
  case moving(loss: Double, change: Double)

  /// Judges a training by its epochs: the mean losses of the last two quarters.
  ///
  /// It is at equilibrium within 2 % of the optimum (for a critic within 0.05), settled if the quarters
  /// differ by at most 10 %, and collapsed below a diversity of 0.1.
  public init(_ history: [EpochReport], loss: GANLoss) {
    let losses = history.map { report in
      (report.figures["discriminator_loss"] ?? .nan, report.figures["generator_loss"] ?? .nan)
    }
    if let place = losses.firstIndex(where: { !$0.0.isFinite || !$0.1.isFinite }) {
      self = .diverged(epoch: history[place].epoch)
      return
    }
    if let diversity = history.last?.figures["diversity"], diversity < 0.1 {
      self = .collapsed(diversity: diversity)
      return
    }
    // A critic's loss holds the penalty too; how far apart it holds the two sides is its measure.
    let values = history.enumerated().map { place, report in
      report.figures["wasserstein"].map { -$0 } ?? losses[place].0
    }
    let quarter = max(values.count / 4, 1)
    func mean(_ part: ArraySlice<Double>) -> Double { part.reduce(0, +) / Double(part.count) }
    let last = mean(values.suffix(quarter))
    let tolerance = loss == .nonSaturating ? 0.02 * loss.optimum : 0.05
    if abs(last - loss.optimum) <= tolerance {
      self = .equilibrium(loss: last, optimum: loss.optimum)
      return
    }
    guard values.count >= 2 * quarter else {
      self = .moving(loss: last, change: .nan)
      return
    }
    let before = mean(values.dropLast(quarter).suffix(quarter))
    let change = (last - before) / max(abs(before), .leastNormalMagnitude)
    self =
      abs(change) <= 0.1
      ? .plateau(loss: last, optimum: loss.optimum) : .moving(loss: last, change: change)
  }

  public var description: String {
    func number(_ value: Double) -> String { String(format: "%.3f", value) }
    switch self {
    case .diverged(let epoch): return "diverged: a loss is not finite in epoch \(epoch)"
    case .collapsed(let diversity):
      return "collapsed: made samples vary \(number(diversity)) times as much as real ones"
    case .equilibrium(let loss, let optimum):
      return
        "equilibrium: the discriminator's loss is \(number(loss)), and \(number(optimum)) where "
        + "it cannot tell real from made"
    case .plateau(let loss, let optimum):
      return "plateau: the discriminator's loss has settled at \(number(loss)); it would be "
        + "\(number(optimum)) if it could not tell real from made"
    case .moving(let loss, let change):
      return "moving: the discriminator's loss is \(number(loss))"
        + (change.isNaN ? "" : " and changed by \(number(100 * change)) % lately")
    }
  }
}

import Foundation
public import MoruTraining

/// Names collapse and divergence of a GAN while it trains: it warns, with the numbers, each time one
/// begins, and ends the training when a loss is not finite.
public struct GANWatch: Callback {
  /// Below which diversity samples count as alike.
  public let diversity: Double
  /// Above which share of samples told right on the discriminator counts as too strong to learn from.
  public let accuracy: Double
  /// Above which mean slope on a critic counts as no Lipschitz function any more; it should be near 1.
  public let gradientNorm: Double
  /// Steps of the training between looks, and of an epoch before its first one: figures of few steps say
  /// little.
  public let interval: Int

  private var named: Set<String> = []

  /// Watches for made samples that are alike, and for sides that run away.
  ///
  /// - Parameters:
  ///   - interval: Steps between looks at the epoch's figures so far, at least 1.
  public init(
    diversity: Double = 0.1, accuracy: Double = 0.99, gradientNorm: Double = 5,
    interval: Int = 200
  ) {
    self.diversity = diversity
    self.accuracy = accuracy
    self.gradientNorm = gradientNorm
    self.interval = max(interval, 1)
  }

  public var stepInterval: Int? { interval }

  public mutating func trainingBegan(_ training: TrainingControl) async throws { named = [] }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    if let place = progress.losses.firstIndex(where: { !$0.isFinite }) {
      let step = progress.step - progress.losses.count + place + 1
      training.warn(
        "divergence: the discriminator's loss is \(progress.losses[place]) in epoch "
          + "\(progress.epoch), step \(step); the training ends. Lower the learning rates.")
      training.stop()
      return
    }
    // Calls end at multiples of steps of the whole training.
    guard progress.trainingStep.isMultiple(of: interval),
      progress.step >= min(interval, progress.steps)
    else { return }
    let figures = try await training.currentFigures()
    look(at: figures, "epoch \(progress.epoch), step \(progress.step)", training)
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    look(at: report.figures, "epoch \(report.epoch)", training)
  }

  private mutating func look(
    at figures: [String: Double], _ place: String, _ training: TrainingControl
  ) {
    for (name, message) in Self.findings(in: figures, limits: self) {
      guard let message else {
        named.remove(name)
        continue
      }
      if named.insert(name).inserted { training.warn("\(name) (\(place)): \(message)") }
    }
  }

  /// What is to be said of some figures by what it is called; nil where all is well.
  static func findings(
    in figures: [String: Double], limits: GANWatch
  ) -> [(name: String, message: String?)] {
    func number(_ value: Double) -> String { String(format: "%.3f", value) }
    let spread = figures["diversity"] ?? 1
    let collapse =
      spread < limits.diversity
      ? "made samples vary \(number(spread)) times as much as real ones (below "
        + "\(number(limits.diversity))). Lower the generator's learning rate, or "
        + (figures["wasserstein"] == nil
          ? "use the wasserstein loss." : "raise discriminatorSteps, if it lasts.") : nil
    let told = min(figures["real_accuracy"] ?? 0, figures["fake_accuracy"] ?? 0)
    let loss = figures["generator_loss"] ?? 0
    let strength =
      told > limits.accuracy
      ? "the discriminator tells \(number(told)) of both sides right, and the generator's loss is "
        + "\(number(loss)) (0.693 at equilibrium). Lower the discriminator's learning rate, or give "
        + "it dropout." : nil
    let slope = figures["gradient_norm"] ?? 1
    let steepness =
      slope > limits.gradientNorm
      ? "the critic's mean slope is \(number(slope)), which the penalty holds near 1. Lower its "
        + "learning rate, or raise the penalty." : nil
    return [
      ("collapse", collapse), ("divergence", strength), ("divergence of the critic", steepness),
    ]
  }
}

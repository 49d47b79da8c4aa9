public import MoruTensors

/// Lowers the learning rate when a figure has not become better for some epochs.
///
/// The new rate is `max(rate · factor, minLearningRate)`.
public struct ReduceLROnPlateau: Callback {
  private var monitor: Monitor
  private let factor: Double
  private let patience: Int
  private let cooldown: Int
  private let minLearningRate: Double
  private var wait = 0
  private var cooldownLeft = 0

  /// Lowers the learning rate when `monitor` has not become better for `patience` epochs.
  ///
  /// - Parameters:
  ///   - monitor: The figure to watch: `val_loss`, `loss`, or a metric's name.
  ///   - factor: What the rate is multiplied by, above 0 and below 1.
  ///   - patience: Epochs without a gain before the rate is lowered; 0 is the same as 1.
  ///   - mode: Which values are better.
  ///   - minDelta: What a gain must be more than, at least 0, in the figure's unit.
  ///   - cooldown: How many epochs pass after a reduction before the watch begins again, at least 0.
  ///   - minLearningRate: Below which the rate is not lowered, at least 0.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10,
    mode: MonitorMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0,
    minLearningRate: Double = 0
  ) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minLearningRate = minLearningRate
  }

  public var memory: [String: HostTensor] {
    get {
      var memory: [String: HostTensor] = [:]
      memory[number: "best"] = monitor.best
      memory[number: "wait"] = Double(wait)
      memory[number: "cooldown"] = Double(cooldownLeft)
      return memory
    }
    set {
      monitor.best = newValue[number: "best"]
      wait = Int(newValue[number: "wait"] ?? 0)
      cooldownLeft = Int(newValue[number: "cooldown"] ?? 0)
    }
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    func check(_ isFine: Bool, _ name: String, _ allowed: String) throws(TrainingError) {
      if !isFine { throw .outOfRange("reduceLROnPlateau's \(name)", allowed: allowed) }
    }
    try check(factor > 0 && factor < 1, "factor", "above 0 and below 1")
    try check(patience >= 0, "patience", "at least 0")
    try check(cooldown >= 0, "cooldown", "at least 0")
    try check(minLearningRate >= 0, "minLearningRate", "at least 0")
    try monitor.begin(training)
    (wait, cooldownLeft) = (0, 0)
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard let value = report.figures[monitor.figure] else { return }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      wait = 0
    }
    if monitor.improves(with: value) {
      wait = 0
    } else if cooldownLeft == 0 {
      wait += 1
      let rate = try await training.learningRate()
      // Rates are known to Float32's precision.
      guard wait >= patience, Float(rate) > Float(minLearningRate) else { return }
      try await training.setLearningRate(max(rate * factor, minLearningRate))
      (wait, cooldownLeft) = (0, cooldown)
    }
  }
}

extension Callback where Self == ReduceLROnPlateau {
  /// Lowers the learning rate when `monitor` has not become better for `patience` epochs.
  public static func reduceLROnPlateau(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10,
    mode: MonitorMode = .auto, minDelta: Double = 1e-4, cooldown: Int = 0,
    minLearningRate: Double = 0
  ) -> Self {
    .init(
      monitor: monitor, factor: factor, patience: patience, mode: mode, minDelta: minDelta,
      cooldown: cooldown, minLearningRate: minLearningRate)
  }
}

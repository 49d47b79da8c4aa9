import MoruModels
public import MoruTensors

/// Ends a training when a figure has not become better for some epochs.
///
/// An epoch is a gain if the figure is better than the best one so far by more than `minDelta`.
/// Patience begins anew with a gain, or with `baseline`, only with a gain that is better than the
/// baseline as well.
public struct EarlyStopping: Callback {
  private var monitor: Monitor
  private let patience: Int
  private let baseline: Double?
  private let restoreBestWeights: Bool
  private let startFromEpoch: Int
  private var wait = 0
  private var best: (epoch: Int, weights: [String: HostTensor])?

  /// Ends a training when `monitor` has not become better for `patience` epochs.
  ///
  /// - Parameters:
  ///   - monitor: The figure to watch: `val_loss`, `loss`, or a metric's name.
  ///   - minDelta: What a gain must be more than, at least 0, in the figure's unit.
  ///   - patience: Epochs without a gain before the end; 0 is the same as 1.
  ///   - mode: Which values are better.
  ///   - baseline: A value that is to be better than within `patience` epochs; none if nil.
  ///   - restoreBestWeights: Whether the best epoch's weights are put back at the end.
  ///   - startFromEpoch: How many epochs pass before the watch begins, at least 0.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0,
    mode: MonitorMode = .auto, baseline: Double? = nil, restoreBestWeights: Bool = false,
    startFromEpoch: Int = 0
  ) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta)
    self.patience = patience
    self.baseline = baseline
    self.restoreBestWeights = restoreBestWeights
    self.startFromEpoch = startFromEpoch
  }

  public var memory: [String: HostTensor] {
    get {
      var memory: [String: HostTensor] = [:]
      memory[number: "best"] = monitor.best
      memory[number: "wait"] = Double(wait)
      memory[number: "epoch"] = best.map { Double($0.epoch) }
      for (path, weight) in best?.weights ?? [:] { memory["weights/" + path] = weight }
      return memory
    }
    set {
      monitor.best = newValue[number: "best"]
      wait = Int(newValue[number: "wait"] ?? 0)
      best = newValue[number: "epoch"].map { epoch in
        let weights = newValue.filter { $0.key.hasPrefix("weights/") }
        return (
          Int(epoch),
          Dictionary(
            uniqueKeysWithValues: weights.map { (String($0.key.dropFirst(8)), $0.value) })
        )
      }
    }
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    for (name, number) in [("patience", patience), ("startFromEpoch", startFromEpoch)]
    where number < 0 {
      throw TrainingError.outOfRange("earlyStopping's \(name)", allowed: "at least 0")
    }
    try monitor.begin(training)
    (wait, best) = (0, nil)
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard let value = report.figures[monitor.figure], report.epoch > startFromEpoch else { return }
    wait += 1
    let isGain = monitor.improves(with: value)
    if isGain || (best == nil && restoreBestWeights) {
      let weights = restoreBestWeights ? try await training.currentWeights() : [:]
      best = (report.epoch, weights)
    }
    if isGain {
      if baseline.map({ monitor.isBetter(value, than: $0) }) ?? true { wait = 0 }
    } else if wait >= patience, report.epoch > 1 {
      training.stop()
    }
  }

  public mutating func trainingEnded(_ training: TrainingControl) async throws {
    guard restoreBestWeights, let best else { return }
    try await training.restore(best.weights, of: best.epoch)
  }
}

extension EarlyStopping {
  /// Whether best weights are to be put back, and those that an earlier stage kept were not bettered by
  /// those of a later one.
  ///
  /// - Parameter isBetterGreater: For each figure whether greater is better.
  func prefers(
    _ earlier: TrainingRecord?, to later: TrainingRecord?, _ isBetterGreater: [String: Bool]
  ) -> Bool {
    guard restoreBestWeights, let before = earlier?.keptFigures[monitor.figure], !before.isNaN,
      let after = later?.keptFigures[monitor.figure]
    else { return false }
    return monitor.isGreaterBetter(among: isBetterGreater) ? !(after > before) : !(after < before)
  }
}

extension Callback where Self == EarlyStopping {
  /// Ends a training when `monitor` has not become better for `patience` epochs.
  public static func earlyStopping(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0,
    mode: MonitorMode = .auto, baseline: Double? = nil, restoreBestWeights: Bool = false,
    startFromEpoch: Int = 0
  ) -> Self {
    .init(
      monitor: monitor, minDelta: minDelta, patience: patience, mode: mode, baseline: baseline,
      restoreBestWeights: restoreBestWeights, startFromEpoch: startFromEpoch)
  }
}

import MoruArchive
import MoruModels
import MoruTensors

/// Ends a training when a figure has not become better for some epochs.
public struct EarlyStopping: Callback {
  private let monitor: String
  private let patience: Int
  private let minDelta: Double
  private let restoreBestWeights: Bool
  private var best: (epoch: Int, value: Double, weights: [String: HostTensor])?

  /// Ends a training when `monitor` has not become better for `patience` epochs.
  ///
  /// - Parameters:
  ///   - monitor: The figure to watch: `val_loss`, `loss`, or a metric's name.
  ///   - patience: Epochs without a gain before the end, at least 1.
  ///   - minDelta: What counts as a gain, at least 0, in the figure's unit.
  ///   - restoreBestWeights: Whether the best epoch's weights are put back at the end.
  public init(
    monitor: String = "val_loss", patience: Int = 1, minDelta: Double = 0,
    restoreBestWeights: Bool = false
  ) {
    self.monitor = monitor
    self.patience = patience
    self.minDelta = minDelta
    self.restoreBestWeights = restoreBestWeights
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try training.requireFigure(monitor)
    guard patience >= 1 else {
      throw TrainingError.outOfRange("earlyStopping's patience", allowed: "at least 1")
    }
    best = nil
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard let value = report.figures[monitor] else { return }
    let sign: Double = training.isBetterGreater[monitor] == true ? 1 : -1
    if best.map({ sign * (value - $0.value) > minDelta }) ?? !value.isNaN {
      let weights = restoreBestWeights ? try await training.currentWeights() : [:]
      best = (report.epoch, value, weights)
    } else if report.epoch - (best?.epoch ?? 0) >= patience {
      training.stop()
    }
  }

  public mutating func trainingEnded(_ training: TrainingControl) async throws {
    guard restoreBestWeights, let best else { return }
    try await training.restore(best.weights, of: best.epoch)
  }
}

extension Callback where Self == EarlyStopping {
  /// Ends a training when `monitor` has not become better for `patience` epochs.
  public static func earlyStopping(
    monitor: String = "val_loss", patience: Int = 1, minDelta: Double = 0,
    restoreBestWeights: Bool = false
  ) -> Self {
    .init(
      monitor: monitor, patience: patience, minDelta: minDelta,
      restoreBestWeights: restoreBestWeights)
  }
}

extension TrainingControl {
  /// Checks that a figure exists.
  func requireFigure(_ name: String) throws(TrainingError) {
    guard !figureNames.contains(name) else { return }
    throw .unknownFigure(name, known: figureNames, nearest: nearest(name, among: figureNames))
  }
}

import Foundation
import MoruArchive
import MoruModels
public import MoruTensors

/// Saves the model after each epoch, or after some steps, perhaps only if a figure became better.
public struct ModelCheckpoint: Callback {
  private let path: PathPattern
  private var monitor: Monitor
  private let saveBestOnly: Bool
  private let saveWeightsOnly: Bool
  private let frequency: SaveFrequency
  private let initialValueThreshold: Double?

  /// Saves the model as the package `path`.
  ///
  /// - Parameters:
  ///   - path: The package's folder, such as `best.moru`; the one before is replaced. Epoch and
  ///     figures may be named in braces, with a format as in Python: `digits-{epoch:03d}.moru`,
  ///     `digits-{epoch}-{val_loss:.2f}.moru`.
  ///   - monitor: The figure to watch.
  ///   - saveBestOnly: Whether the model is saved only if the figure became better.
  ///   - saveWeightsOnly: Whether a file of weights is written in place of a package:
  ///     `digits-{epoch}.safetensors`.
  ///   - mode: Which values of the figure are better.
  ///   - frequency: Whether the model is saved after each epoch, or after so many steps; then figures
  ///     are those of the epoch's steps so far, and `{batch}` is the step in the epoch.
  ///   - initialValueThreshold: What the figure must be better than the first time; nil for any
  ///     value.
  public init(
    _ path: String, monitor: String = "val_loss", saveBestOnly: Bool = false,
    saveWeightsOnly: Bool = false, mode: MonitorMode = .auto, frequency: SaveFrequency = .epoch,
    initialValueThreshold: Double? = nil
  ) {
    self.path = PathPattern(path)
    self.monitor = Monitor(monitor, mode: mode)
    self.saveBestOnly = saveBestOnly
    self.saveWeightsOnly = saveWeightsOnly
    self.frequency = frequency
    self.initialValueThreshold = initialValueThreshold
  }

  public var stepInterval: Int? { frequency.interval }

  public var memory: [String: HostTensor] {
    get {
      var memory: [String: HostTensor] = [:]
      memory[number: "best"] = monitor.best
      return memory
    }
    set { monitor.best = newValue[number: "best"] }
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try frequency.check("modelCheckpoint")
    let isByEpoch = frequency == .epoch
    let figures = training.figureNames.filter { isByEpoch || !$0.hasPrefix("val_") }
    try path.check(names: figures + (isByEpoch ? ["epoch"] : ["epoch", "batch"]))
    if saveBestOnly {
      try monitor.begin(training, best: initialValueThreshold)
      guard figures.contains(monitor.figure) else {
        throw TrainingError.callback(
          "modelCheckpoint", reason: "between epochs there is no \(monitor.figure)",
          remedy: "Watch one of \(figures.joined(separator: ", ")), or save after each epoch.")
      }
    }
  }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    guard frequency.isDue(after: progress.trainingStep) else { return }
    try await save(
      training, epoch: progress.epoch, batch: progress.step,
      figures: try await training.currentFigures())
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard frequency == .epoch else { return }
    try await save(training, epoch: report.epoch, batch: nil, figures: report.figures)
  }

  private mutating func save(
    _ training: TrainingControl, epoch: Int, batch: Int?, figures: [String: Double]
  ) async throws {
    if saveBestOnly {
      guard let value = figures[monitor.figure], monitor.improves(with: value) else { return }
    }
    var values = figures
    values["epoch"] = Double(epoch)
    values["batch"] = batch.map { Double($0) }
    let url = URL(filePath: path.text(values))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if saveWeightsOnly {
      try SafeTensors.write(try await training.currentWeights(), to: url)
    } else {
      try ModelPackage.save(try await training.model(after: epoch), to: url)
    }
  }
}

extension Callback where Self == ModelCheckpoint {
  /// Saves the model as the package `path` after each epoch, or only if `monitor` became better.
  public static func modelCheckpoint(
    _ path: String, monitor: String = "val_loss", saveBestOnly: Bool = false,
    saveWeightsOnly: Bool = false, mode: MonitorMode = .auto, frequency: SaveFrequency = .epoch,
    initialValueThreshold: Double? = nil
  ) -> Self {
    .init(
      path, monitor: monitor, saveBestOnly: saveBestOnly, saveWeightsOnly: saveWeightsOnly,
      mode: mode, frequency: frequency, initialValueThreshold: initialValueThreshold)
  }
}

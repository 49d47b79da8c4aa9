import Foundation
import MoruModels

/// Saves the model after each epoch in which a figure became better.
public struct ModelCheckpoint: Callback {
  private let path: String
  private let monitor: String
  private let saveBestOnly: Bool
  private var best: Double?

  /// Saves the model as the package `path`.
  ///
  /// - Parameters:
  ///   - path: The package's folder: `best.moru`.
  ///   - monitor: The figure to watch.
  ///   - saveBestOnly: Whether epochs without a gain are left out.
  public init(_ path: String, monitor: String = "val_loss", saveBestOnly: Bool = true) {
    self.path = path
    self.monitor = monitor
    self.saveBestOnly = saveBestOnly
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    if saveBestOnly { try training.requireFigure(monitor) }
    best = nil
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    if saveBestOnly {
      guard let value = report.figures[monitor], !value.isNaN else { return }
      let sign: Double = training.isBetterGreater[monitor] == true ? 1 : -1
      if let best, sign * (value - best) <= 0 { return }
      best = value
    }
    try await training.model(after: report.epoch).save(path)
  }
}

extension Callback where Self == ModelCheckpoint {
  /// Saves the model as the package `path` after each epoch in which `monitor` became better.
  public static func modelCheckpoint(
    _ path: String, monitor: String = "val_loss", saveBestOnly: Bool = true
  ) -> Self {
    .init(path, monitor: monitor, saveBestOnly: saveBestOnly)
  }
}

public import MoruLayers
public import MoruMetrics

/// What training makes small, and what it reports beside.
public struct Objective: Sendable {
  /// What is made small.
  public let loss: any Loss
  /// What is reported beside the loss.
  public let metrics: [any Metric]

  /// A loss and metrics.
  public init(loss: any Loss, metrics: [any Metric] = []) {
    self.loss = loss
    self.metrics = metrics
  }

  /// The names of the figures: `loss`, then the metrics'.
  var names: [String] { ["loss"] + metrics.map(\.name) }

  /// For each figure whether greater is better, those on validation data included.
  var isBetterGreater: [String: Bool] {
    var result = ["loss": false, "val_loss": false]
    for metric in metrics {
      result[metric.name] = metric.isBetterGreater
      result["val_" + metric.name] = metric.isBetterGreater
    }
    return result
  }
}

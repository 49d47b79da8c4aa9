public import MoruLayers
public import MoruMetrics

/// How a model came about.
public struct TrainingRecord: Codable, Sendable {
  /// What an epoch came to.
  public struct Epoch: Codable, Sendable, Equatable {
    /// The epoch, from 1 on.
    public let number: Int
    /// Figures by name: `loss`, the metrics', and with `val_` before them those on validation data.
    public let figures: [String: Double]

    /// What an epoch came to.
    public init(number: Int, figures: [String: Double]) {
      self.number = number
      self.figures = figures
    }
  }

  /// Decides every random choice of the training.
  public let seed: UInt64
  /// What was made small.
  public let loss: LossBox
  /// What was reported beside.
  public let metrics: [MetricBox]
  /// Samples in a batch.
  public let batchSize: Int
  /// Batches to an update of the weights; nil in records from before that was a choice.
  public let accumulatingSteps: Int?
  /// Number of training samples.
  public let samples: Int
  /// Every epoch that was run.
  public let epochs: [Epoch]
  /// The epoch whose weights were kept, from 1 on; 0 if none was run.
  public let keptEpoch: Int
  /// SHA-256 of the training data.
  public let dataChecksum: String?

  /// A record of a training.
  public init(
    seed: UInt64, loss: any Loss, metrics: [any Metric], batchSize: Int,
    accumulatingSteps: Int = 1, samples: Int,
    epochs: [Epoch], keptEpoch: Int, dataChecksum: String?
  ) {
    self.seed = seed
    self.loss = LossBox(loss)
    self.metrics = metrics.map(MetricBox.init)
    self.batchSize = batchSize
    self.accumulatingSteps = accumulatingSteps
    self.samples = samples
    self.epochs = epochs
    self.keptEpoch = keptEpoch
    self.dataChecksum = dataChecksum
  }
}

public import MoruGraph

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

  /// What kind of learner it was, such as `logistic regression`; nil for a network.
  public let learner: String?
  /// Decides every random choice of the training.
  public let seed: UInt64
  /// What was made small, and reported beside.
  public let objective: Objective
  /// Samples in a batch.
  public let batchSize: Int
  /// Batches to an update of the weights; nil in records from before that was a choice.
  public let accumulatingSteps: Int?
  /// In which types it computed; nil in records from before that was a choice.
  public let precision: PrecisionPolicy?
  /// Number of training samples.
  public let samples: Int
  /// Every epoch that was run; none for learners that do not learn in epochs.
  public let epochs: [Epoch]
  /// The epoch whose weights were kept, from 1 on; 0 if none was run.
  public let keptEpoch: Int
  /// SHA-256 of the training data.
  public let dataChecksum: String?

  /// A record of a training.
  public init(
    learner: String? = nil, seed: UInt64, objective: Objective, batchSize: Int,
    accumulatingSteps: Int = 1,
    precision: PrecisionPolicy = .float32, samples: Int, epochs: [Epoch], keptEpoch: Int,
    dataChecksum: String?
  ) {
    self.learner = learner
    self.seed = seed
    self.objective = objective
    self.batchSize = batchSize
    self.accumulatingSteps = accumulatingSteps
    self.precision = precision
    self.samples = samples
    self.epochs = epochs
    self.keptEpoch = keptEpoch
    self.dataChecksum = dataChecksum
  }

  private enum CodingKeys: String, CodingKey {
    case learner, seed, batchSize, accumulatingSteps, precision, samples, epochs, keptEpoch
    case dataChecksum
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // The objective's keys stand beside the record's own.
    objective = try Objective(from: decoder)
    learner = try container.decodeIfPresent(String.self, forKey: .learner)
    seed = try container.decode(UInt64.self, forKey: .seed)
    batchSize = try container.decode(Int.self, forKey: .batchSize)
    accumulatingSteps = try container.decodeIfPresent(Int.self, forKey: .accumulatingSteps)
    precision = try container.decodeIfPresent(PrecisionPolicy.self, forKey: .precision)
    samples = try container.decode(Int.self, forKey: .samples)
    epochs = try container.decode([Epoch].self, forKey: .epochs)
    keptEpoch = try container.decode(Int.self, forKey: .keptEpoch)
    dataChecksum = try container.decodeIfPresent(String.self, forKey: .dataChecksum)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try objective.encode(to: encoder)
    try container.encodeIfPresent(learner, forKey: .learner)
    try container.encode(seed, forKey: .seed)
    try container.encode(batchSize, forKey: .batchSize)
    try container.encodeIfPresent(accumulatingSteps, forKey: .accumulatingSteps)
    try container.encodeIfPresent(precision, forKey: .precision)
    try container.encode(samples, forKey: .samples)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(keptEpoch, forKey: .keptEpoch)
    try container.encodeIfPresent(dataChecksum, forKey: .dataChecksum)
  }
}

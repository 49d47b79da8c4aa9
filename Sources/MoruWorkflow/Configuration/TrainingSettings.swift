internal import MoruArchive
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruMetrics
public import MoruOptimizers

/// How candidates are trained.
public struct TrainingSettings: Codable, Sendable {
  /// How often each sample is seen, at least 1.
  public var epochs: Int
  /// Samples in a step, at least 1.
  public var batchSize: Int
  /// Steps to an update of the weights, at least 1.
  public var accumulatingSteps: Int
  /// In which types a step computes.
  public var precision: PrecisionPolicy
  /// How weights follow gradients.
  public var optimizer: OptimizerBox
  /// What is made small.
  public var loss: LossBox
  /// What is reported beside; the first decides between candidates.
  public var metrics: [MetricBox]
  /// Random changes of the samples that are learned from, in this order.
  public var augmentation: [AugmentationBox]
  /// How much samples of each class count; alike if nil.
  public var classWeight: ClassWeight?
  /// How unbalanced classes are made up for.
  public var balance: BalanceMethod
  /// What it costs to take a sample of a class for another, by label: true class, then answer; 0 where
  /// nothing is named. Given them, the model decides for the class of least expected cost.
  public var costs: [String: [String: Double]]?
  /// When to end early; never if nil.
  public var earlyStopping: EarlyStoppingSettings?
  /// Where trainings are backed up, to go on from there if they were interrupted; nowhere if nil.
  public var backupAndRestore: BackupSettings?
  /// Where figures for TensorBoard are written; nowhere if nil.
  public var tensorBoard: TensorBoardSettings?
  /// Decides the split, the starting weights, the order and dropout.
  public var seed: UInt64

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case epochs, batchSize, accumulatingSteps, precision, optimizer, loss, metrics
    case augmentation, classWeight, balance, costs, earlyStopping, backupAndRestore, tensorBoard
    case seed
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "training")
    epochs = try fields.positive(.epochs, default: 10)
    batchSize = try fields.positive(.batchSize, default: 32)
    accumulatingSteps = try fields.positive(.accumulatingSteps, default: 1)
    precision =
      try decoder.choice(fields, .precision, among: PrecisionPolicy.allCases, of: "precision")
      ?? .float32
    optimizer = try fields.value(.optimizer, default: OptimizerBox(Adam()))
    loss = try fields.required(.loss)
    metrics = try fields.value(.metrics, default: [])
    augmentation = try fields.value(.augmentation, default: [])
    classWeight = try fields.optional(.classWeight)
    balance =
      try decoder.choice(fields, .balance, among: BalanceMethod.allCases, of: "way to balance")
      ?? .automatic
    costs = try fields.optional(.costs)
    if costs?.values.flatMap(\.values).allSatisfy(\.isFinite) == false {
      throw fields.outOfRange(.costs, "finite numbers")
    }
    earlyStopping = try fields.optional(.earlyStopping)
    backupAndRestore = try fields.optional(.backupAndRestore)
    tensorBoard = try fields.optional(.tensorBoard)
    seed = try fields.value(.seed, default: 0)
  }
}

/// How much samples of each class count.
public enum ClassWeight: Codable, Sendable, Equatable {
  /// In inverse proportion to the class's share, so that all classes weigh the same in sum.
  case balanced
  /// By class name; 1 for classes not named.
  case weights([String: Double])

  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(String.self) {
      guard word == "balanced" else {
        throw PlacedError(
          ConfigurationError.unknown(word, of: "class weight", among: ["balanced"]),
          at: decoder.codingPath)
      }
      self = .balanced
      return
    }
    let weights = try decoder.singleValueContainer().decode([String: Double].self)
    for (label, weight) in weights.sorted(by: { $0.key < $1.key }) {
      guard weight >= 0, weight.isFinite else {
        throw PlacedError(
          ConfigurationError.outOfRange(
            label, in: "classWeight", allowed: "a number of at least 0, not \(weight)"),
          at: decoder.codingPath + [AnyKey(stringValue: label)])
      }
    }
    self = .weights(weights)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .balanced: try container.encode("balanced")
    case .weights(let weights): try container.encode(weights)
    }
  }
}

public import Foundation
import MoruArchive
public import MoruData
import MoruGraph
public import MoruLayers
import MoruMetrics
public import MoruModels
public import MoruOptimizers
public import MoruTensors

/// A new task on what a network has learned from another: the base stays as it is while a new head is
/// trained on its features; then, if wanted, the last blocks of the base are tuned in small steps. What
/// comes out is one model.
///
/// ```swift
/// let transfer = try TransferLearning(base: TransferBase(.load("photos.moru")))
/// let tomatoes = try await transfer.fit(photos, seed: 0)
/// ```
///
/// Features are computed once, without dropout and with the statistics of the base, so that an epoch of the
/// head takes next to no time; with `augmentation` they are different each time and are computed in each
/// step.
///
/// - Source: Yosinski et al. 2014, arXiv:1411.1792; Donahue et al. 2013, arXiv:1310.1531.
public struct TransferLearning: Learner {
  public var name = "transfer learning"
  /// What stays.
  public var base: TransferBase
  /// The layers that tell the new classes apart; by the targets if nil: the mean of each map, and a
  /// `Dense` layer with `softmax` for classes, `sigmoid` for sets of labels, or nothing for numbers.
  public var head: [any Layer]?
  /// What is made small and reported; by the targets if nil.
  public var objective: Objective?
  /// How the head is trained.
  public var headStage: TransferStage
  /// How the last blocks are trained then; not at all if nil.
  public var fineTuning: FineTuning?
  /// What training is watched on.
  public var validation: Validation
  /// Random changes of the samples that are learned from.
  public var augmentation: [any Augmentation]
  /// A folder where features are kept for later fits, each by the checksum of base and samples; nowhere
  /// if nil.
  public var featureFolder: URL?

  /// A new head on a base, trained with Adam in steps of 10⁻³ unless told otherwise.
  public init(
    base: TransferBase, head: [any Layer]? = nil, objective: Objective? = nil,
    headStage: TransferStage = TransferStage(epochs: 30, optimizer: .adam(learningRate: 1e-3)),
    fineTuning: FineTuning? = nil, validation: Validation = .none,
    augmentation: [any Augmentation] = [], featureFolder: URL? = nil
  ) {
    self.base = base
    self.head = head
    self.objective = objective
    self.headStage = headStage
    self.fineTuning = fineTuning
    self.validation = validation
    self.augmentation = augmentation
    self.featureFolder = featureFolder
  }

  /// Trains the head, and the last blocks.
  ///
  /// - Throws: `TrainingError` for samples that the base does not take, targets that need a head of their
  ///   own, and settings out of range; what training throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let task = try TransferTask(self, of: data)
    let (train, watched) = try validation.parts(of: data, seed: seed)
    let model =
      augmentation.isEmpty
      ? try await task.headOnFeatures(of: train, watched, seed: seed)
      : try await task.headOnChanged(train, watched, seed: seed)
    guard let fineTuning else { return model }
    return try await task.tuned(model, fineTuning, on: train, watched, seed: seed)
  }

  /// The samples with the base's features in place of what they show.
  ///
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take; `ArchiveError` for a
  ///   folder that cannot be used.
  public func features(of data: Dataset) async throws -> Dataset {
    try await TransferTask(self, of: data).features(of: data)
  }
}

/// A transfer to some data.
private struct TransferTask {
  let transfer: TransferLearning
  let input: ModelInput
  let head: [any Layer]
  let objective: Objective

  /// - Throws: `TrainingError` for samples of several features, and for targets that say too little.
  init(_ transfer: TransferLearning, of data: Dataset) throws {
    guard data.features.count == 1 else {
      throw TrainingError.baseEnds(inputs: data.features.count, outputs: 1)
    }
    if let tuning = transfer.fineTuning {
      guard tuning.rateDecay >= 1, tuning.rateDecay.isFinite else {
        throw TrainingError.outOfRange("rateDecay", allowed: "at least 1")
      }
      let count = transfer.base.blocks.count
      guard (1...max(count, 1)).contains(tuning.blocks ?? count) else {
        throw TrainingError.blocks(tuning.blocks ?? count, of: count)
      }
    }
    self.transfer = transfer
    input = ModelInput(data.signature[0], of: data)
    let standard = StandardHead(for: data.targets)
    guard let head = transfer.head ?? standard?.layers,
      let objective = transfer.objective ?? standard?.objective
    else { throw data.targets.isEmpty ? TrainingError.noTarget : .headNeeded }
    (self.head, self.objective) = (head, objective)
  }

  private func front(frozen: [String]? = nil) throws -> [any Layer] {
    try transfer.base.layers(on: input, pooled: transfer.head == nil, frozen: frozen)
  }

  /// The features of all samples, from a file that was kept if there is one.
  func features(of data: Dataset) async throws -> Dataset {
    let front = Sequential(try front())
    let output = try front.declaration(inputs: [input.type]).outputs[0]
    let extractor = try TrainedModel(
      layer: front, weights: transfer.base.weights,
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: "features", dtype: output.dtype,
            shape: Shape(Array(output.shape.dropFirst())), meaning: .numbers)
        ]))
    let file = try transfer.featureFolder.map { try FeatureFile(of: data, by: extractor, in: $0) }
    var values = try file?.read()
    if values == nil {
      let made = try await extractor.predict(data)
      try file?.write(made)
      values = made
    }
    return try data.with(
      features: [Dataset.Feature(name: input.name, values: values ?? .zeros([0]))])
  }

  /// The model whose head was trained on features that were computed once.
  func headOnFeatures(
    of train: Dataset, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    let validation: Validation =
      if case .data(let data) = watched { .data(try await features(of: data)) } else { watched }
    let stage = transfer.headStage
    let trained = try await Sequential(head).fit(
      features(of: train), epochs: stage.epochs, batchSize: stage.batchSize,
      optimizer: stage.optimizer, objective: objective, validation: validation,
      callbacks: stage.callbacks, seed: seed)
    let whole = Sequential(try front() + head)
    let signature = try ModelSignature(layer: whole, data: train, objective: objective)
    // Layers of the head may have other names beside those of the base, in the same order.
    let weights = try whole.declaration(inputs: [input.type]).weights
    let heads = weights.filter { transfer.base.weights[$0.path] == nil }.map(\.path)
    let values = trained.declaration.weights.compactMap { trained.weights[$0.path] }
    return try TrainedModel(
      layer: whole,
      weights: transfer.base.weights.merging(zip(heads, values)) { first, _ in first },
      signature: signature,
      training: trained.training.map { $0.with(dataChecksum: train.contentHash.hex) })
  }

  /// The model whose head was trained on samples that are different each time.
  func headOnChanged(
    _ train: Dataset, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    let stage = transfer.headStage
    return try await Sequential(front() + head).fit(
      batches(of: train, stage, seed: seed), epochs: stage.epochs, optimizer: stage.optimizer,
      objective: objective, validation: watched, startingWeights: transfer.base.weights,
      callbacks: stage.callbacks, seed: seed)
  }

  /// The model after training of its last blocks.
  func tuned(
    _ model: TrainedModel, _ tuning: FineTuning, on train: Dataset, _ watched: Validation,
    seed: Seed
  ) async throws -> TrainedModel {
    let base = transfer.base
    let count = tuning.blocks ?? base.blocks.count
    let thawed = try TrainedModel(
      layer: Sequential(front(frozen: base.frozenPaths(tuning: count)) + head),
      weights: model.weights, signature: model.signature, training: model.training)
    let stage = tuning.stage
    var optimizer = stage.optimizer
    if tuning.rateDecay != 1 {
      let factors = base.rateFactors(tuning: count, decay: tuning.rateDecay)
      optimizer.settings.rateFactors = factors.merging(optimizer.settings.rateFactors ?? [:]) {
        $1
      }
    }
    let done = model.training?.epochs.last?.number ?? 0
    let tuned =
      if transfer.augmentation.isEmpty {
        try await thawed.fit(
          train, epochs: done + stage.epochs, batchSize: stage.batchSize, optimizer: optimizer,
          objective: objective, validation: watched, initialEpoch: done,
          callbacks: stage.callbacks, seed: seed)
      } else {
        try await thawed.fit(
          batches(of: train, stage, seed: seed), epochs: done + stage.epochs,
          optimizer: optimizer, objective: objective, validation: watched, initialEpoch: done,
          callbacks: stage.callbacks, seed: seed)
      }
    return try TrainedModel(
      layer: tuned.layer, weights: tuned.weights, signature: tuned.signature,
      training: tuned.training?.following(model.training))
  }

  private func batches(
    of train: Dataset, _ stage: TransferStage, seed: Seed
  ) -> SampleStream<Dataset> {
    train.batches(of: stage.batchSize, augmentedBy: transfer.augmentation, seed: seed)
  }
}

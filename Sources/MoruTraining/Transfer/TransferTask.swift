import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors

/// A transfer to some data.
struct TransferTask {
  private let transfer: TransferLearning
  private let extraction: FeatureExtraction
  private let head: [any Layer]
  private let objective: Objective

  private var input: ModelInput { extraction.input }

  /// - Throws: `TrainingError` for samples of several features, settings out of range, and targets that
  ///   say too little.
  init(_ transfer: TransferLearning, of data: SampleSet) throws {
    extraction = try FeatureExtraction(transfer, of: data)
    if let tuning = transfer.fineTuning {
      guard tuning.rateDecay >= 1, tuning.rateDecay.isFinite else {
        throw TrainingError.outOfRange("rateDecay", allowed: "at least 1")
      }
      _ = try transfer.base.keeping(blocks: tuning.blocks ?? transfer.base.blocks.count)
    }
    self.transfer = transfer
    let standard = StandardHead(for: data.targets)
    guard let head = transfer.head ?? standard?.layers,
      let objective = transfer.objective ?? standard?.objective
    else { throw data.targets.isEmpty ? TrainingError.noTarget : .headNeeded }
    (self.head, self.objective) = (head, objective)
  }

  /// Base and head.
  ///
  /// - Parameter frozen: Paths below the base that training leaves as they are; all of it if nil.
  func layer(frozen: [String]? = nil) throws -> Sequential {
    Sequential(try extraction.layers(frozen: frozen) + head)
  }

  /// The model with a head that has learned nothing.
  func untrained(for train: SampleSet, seed: Seed) throws -> TrainedModel {
    let whole = try layer()
    let initial = try whole.declaration(inputs: [input.type])
      .initialValues(seed: seed.child("weights"))
    return try TrainedModel(
      layer: whole, weights: initial.merging(transfer.base.weights) { $1 },
      signature: signature(of: whole, for: train))
  }

  private func signature(of whole: Sequential, for train: SampleSet) throws -> ModelSignature {
    try ModelSignature(layer: whole, data: train.example(), objective: objective)
  }

  /// The model whose head was trained on features that were computed once.
  func headOnFeatures(
    _ stage: TrainingStage, of train: SampleSet, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    let validation: Validation =
      switch watched {
      case .data(let data): .data(try await extraction.features(of: SampleSet(data)))
      case .samples(let samples): .data(try await extraction.features(of: samples))
      case .none, .split, .stream: watched
      }
    let whole = try layer()
    let trained = try await fit(
      Sequential(head).fit, SampleSet(extraction.features(of: train)), stage,
      watched: validation, seed: seed)
    // Layers of the head may have other names beside those of the base, in the same order.
    let heads = try whole.declaration(inputs: [input.type]).weights.map(\.path)
      .filter { transfer.base.weights[$0] == nil }
    let values = trained.declaration.weights.compactMap { trained.weights[$0.path] }
    return try TrainedModel(
      layer: whole,
      weights: transfer.base.weights.merging(zip(heads, values)) { first, _ in first },
      signature: signature(of: whole, for: train),
      training: trained.training?.with(dataChecksum: train.contentHash().hex))
  }

  /// The model whose head was trained behind the base.
  func headInPlace(
    _ stage: TrainingStage, of train: SampleSet, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    try await fit(untrained(for: train, seed: seed).fit, train, stage, watched: watched, seed: seed)
  }

  /// The model after training of its last blocks.
  func tuned(
    _ model: TrainedModel, _ tuning: FineTuning, on train: SampleSet, _ watched: Validation,
    seed: Seed
  ) async throws -> TrainedModel {
    let base = transfer.base
    let count = tuning.blocks ?? base.blocks.count
    let thawed = try TrainedModel(
      layer: layer(frozen: base.frozenPaths(tuning: count)), weights: model.weights,
      signature: model.signature, training: model.training)
    var stage = tuning.stage
    if tuning.rateDecay > 1 {
      let factors = base.rateFactors(tuning: count, decay: tuning.rateDecay)
      stage.optimizer.settings.rateFactors = factors.merging(
        stage.optimizer.settings.rateFactors ?? [:]
      ) { $1 }
    }
    let tuned = try await fit(
      thawed.fit, train, stage, watched: watched,
      after: model.training?.epochs.last?.number ?? 0, seed: seed)
    // A callback begins anew with each stage, and puts back the best weights of its own stage alone.
    let isBetterGreater = try BoundObjective(
      objective, outputs: model.signature.outputs.map(\.name)
    ).isBetterGreater
    let isWorse = tuning.stage.callbacks.lazy.compactMap { $0 as? EarlyStopping }.contains {
      $0.prefers(model.training, to: tuned.training, isBetterGreater)
    }
    return try TrainedModel(
      layer: tuned.layer, weights: isWorse ? model.weights : tuned.weights,
      signature: tuned.signature,
      training: tuned.training?.following(
        model.training, keeping: isWorse ? model.training?.keptEpoch : nil))
  }

  /// - Parameter done: Epochs of earlier stages.
  private func fit(
    _ fit: Fit, _ train: SampleSet, _ stage: TrainingStage, watched: Validation,
    after done: Int = 0, seed: Seed
  ) async throws -> TrainedModel {
    guard stage.epochs >= 1 else {
      throw TrainingError.outOfRange("epochs", allowed: "at least 1")
    }
    if transfer.augmentation.isEmpty, let data = train.data {
      return try await fit(
        data, epochs: done + stage.epochs, batchSize: stage.batchSize,
        accumulatingSteps: stage.accumulatingSteps, optimizer: stage.optimizer,
        objective: objective, validation: watched, classWeight: transfer.classWeight,
        initialEpoch: done, callbacks: stage.callbacks, precision: transfer.precision, seed: seed,
        on: transfer.executor)
    }
    let batches =
      transfer.augmentation.isEmpty
      ? train.batches(of: stage.batchSize, shuffledBy: seed)
      : train.batches(of: stage.batchSize, augmentedBy: transfer.augmentation, seed: seed)
    return try await fit(
      batches, epochs: done + stage.epochs, accumulatingSteps: stage.accumulatingSteps,
      optimizer: stage.optimizer, objective: objective, validation: watched,
      classWeight: transfer.classWeight, initialEpoch: done, callbacks: stage.callbacks,
      precision: transfer.precision, seed: seed, on: transfer.executor)
  }
}

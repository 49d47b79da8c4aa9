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
  private let input: ModelInput
  private let head: [any Layer]
  private let objective: Objective

  /// - Throws: `TrainingError` for samples of several features, settings out of range, and targets that
  ///   say too little.
  init(_ transfer: TransferLearning, of data: Dataset) throws {
    guard data.features.count == 1 else {
      throw TrainingError.baseEnds(inputs: data.features.count, outputs: 1)
    }
    if let tuning = transfer.fineTuning {
      guard tuning.rateDecay >= 1, tuning.rateDecay.isFinite else {
        throw TrainingError.outOfRange("rateDecay", allowed: "at least 1")
      }
      _ = try transfer.base.keeping(blocks: tuning.blocks ?? transfer.base.blocks.count)
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

  /// Base and head.
  ///
  /// - Parameter frozen: Paths below the base that training leaves as they are; all of it if nil.
  func layer(frozen: [String]? = nil) throws -> Sequential {
    Sequential(try front(frozen: frozen) + head)
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
    let values: HostTensor
    if let kept = try file?.read() {
      values = kept
    } else {
      values = try await extractor.predict(data, on: transfer.executor)
      try file?.write(values)
    }
    return try data.with(features: [Dataset.Feature(name: input.name, values: values)])
  }

  /// The model with a head that has learned nothing.
  func untrained(for train: Dataset, seed: Seed) throws -> TrainedModel {
    let whole = try layer()
    let initial = try whole.declaration(inputs: [input.type])
      .initialValues(seed: seed.child("weights"))
    return try TrainedModel(
      layer: whole, weights: initial.merging(transfer.base.weights) { $1 },
      signature: ModelSignature(layer: whole, data: train, objective: objective))
  }

  /// The model whose head was trained on features that were computed once.
  func headOnFeatures(
    _ stage: TrainingStage, of train: Dataset, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    let validation: Validation =
      if case .data(let data) = watched { .data(try await features(of: data)) } else { watched }
    let whole = try layer()
    let signature = try ModelSignature(layer: whole, data: train, objective: objective)
    let trained = try await fit(
      Sequential(head).fit, features(of: train), stage, watched: validation, seed: seed)
    // Layers of the head may have other names beside those of the base, in the same order.
    let heads = try whole.declaration(inputs: [input.type]).weights.map(\.path)
      .filter { transfer.base.weights[$0] == nil }
    let values = trained.declaration.weights.compactMap { trained.weights[$0.path] }
    return try TrainedModel(
      layer: whole,
      weights: transfer.base.weights.merging(zip(heads, values)) { first, _ in first },
      signature: signature,
      training: trained.training?.with(dataChecksum: train.contentHash.hex))
  }

  /// The model whose head was trained behind the base.
  func headInPlace(
    _ stage: TrainingStage, of train: Dataset, _ watched: Validation, seed: Seed
  ) async throws -> TrainedModel {
    try await fit(untrained(for: train, seed: seed).fit, train, stage, watched: watched, seed: seed)
  }

  /// The model after training of its last blocks.
  func tuned(
    _ model: TrainedModel, _ tuning: FineTuning, on train: Dataset, _ watched: Validation,
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
    return try TrainedModel(
      layer: tuned.layer, weights: tuned.weights, signature: tuned.signature,
      training: tuned.training?.following(model.training))
  }

  /// - Parameter done: Epochs of earlier stages.
  private func fit(
    _ fit: Fit, _ train: Dataset, _ stage: TrainingStage, watched: Validation, after done: Int = 0,
    seed: Seed
  ) async throws -> TrainedModel {
    guard stage.epochs >= 1 else {
      throw TrainingError.outOfRange("epochs", allowed: "at least 1")
    }
    guard transfer.augmentation.isEmpty else {
      return try await fit(
        train.batches(of: stage.batchSize, augmentedBy: transfer.augmentation, seed: seed),
        epochs: done + stage.epochs, accumulatingSteps: stage.accumulatingSteps,
        optimizer: stage.optimizer, objective: objective, validation: watched,
        classWeight: transfer.classWeight, initialEpoch: done, callbacks: stage.callbacks,
        precision: transfer.precision, seed: seed, on: transfer.executor)
    }
    return try await fit(
      train, epochs: done + stage.epochs, batchSize: stage.batchSize,
      accumulatingSteps: stage.accumulatingSteps, optimizer: stage.optimizer,
      objective: objective, validation: watched, classWeight: transfer.classWeight,
      initialEpoch: done, callbacks: stage.callbacks, precision: transfer.precision, seed: seed,
      on: transfer.executor)
  }
}

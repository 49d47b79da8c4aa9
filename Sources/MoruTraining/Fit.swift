import MoruArchive
public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruOptimizers
public import MoruTensors

extension Layer {
  /// Trains the model on samples: `try await model.fit(data, epochs: 10, optimizer: …, loss: …)`.
  ///
  /// Its weights are drawn by the seed. Features are paired with the model's inputs, and targets
  /// with its outputs, by name, or by their order if no name is equal.
  public var fit: Fit {
    Fit { data, objective, seed in
      let signature = try ModelSignature(layer: self, data: data, objective: objective)
      let declaration = try declaration(inputs: signature.inputs.map(\.type))
      return Fit.Start(
        structure: ModelStructure(layer: self, signature: signature, declaration: declaration),
        weights: declaration.initialSources(seed: seed.child("weights")))
    }
  }
}

extension TrainedModel {
  /// Trains the model further, from its present weights, with the same parameters as a new one:
  /// `try await trained.fit(more, epochs: 5, optimizer: …, loss: …)`.
  ///
  /// The optimizer starts anew, and epochs are counted from 1 on unless `initialEpoch` says
  /// otherwise.
  public var fit: Fit {
    Fit { _, _, _ in
      Fit.Start(
        structure: ModelStructure(layer: layer, signature: signature, declaration: declaration),
        weights: weights.mapValues { ValueSource($0) })
    }
  }
}

/// How a model is trained: called as a function, which a new and a trained model have alike.
public struct Fit: Sendable {
  /// What a training starts from.
  struct Start {
    let structure: ModelStructure
    let weights: [String: ValueSource]
  }

  let start: @Sendable (Dataset, Objective, Seed) throws -> Start

  /// Trains the model.
  ///
  /// The same seed gives the same weights, bit for bit, on the same kind of machine with the same
  /// number of threads.
  ///
  /// - Parameters:
  ///   - data: What is learned from.
  ///   - epochs: How often each sample is seen, at least 1, unless `stepsPerEpoch` is given.
  ///   - batchSize: Samples in a step, at least 1; the last step of an epoch takes the rest.
  ///   - accumulatingSteps: Steps to an update of the weights, at least 1. An update follows the
  ///     mean gradient of all of its samples, as one step of a batch so many times as large would,
  ///     in the memory of the small batch and of one gradient; but batch normalization and
  ///     callbacks see the small batches. The last update of an epoch takes the steps that are
  ///     left.
  ///   - optimizer: How weights follow gradients.
  ///   - objective: What is made small, and reported beside, for each output.
  ///   - validation: What the training is watched on.
  ///   - validationFrequency: After how many epochs, at least 1, it is watched each time.
  ///   - validationBatchSize: Samples in a step of validation, at least 1; if nil, those for which
  ///     layers keep states, or 256, or as many as take 32 MiB if that is fewer.
  ///   - classWeight: How much samples of a class count; 1 for classes not named.
  ///   - shuffle: Whether samples come in another order each time they are seen.
  ///   - initialEpoch: How many epochs count as done, at least 0 and below `epochs`: to go on with
  ///     a training. The first epoch is the next one.
  ///   - stepsPerEpoch: How many batches count as an epoch, at least 1; those of all samples if
  ///     nil. The next epoch begins where this one ended.
  ///   - startingWeights: What some weights, by path, start as, instead of the values that the seed
  ///     or the trained model gives them.
  ///   - callbacks: What watches the training and may act on it, in this order.
  ///   - precision: In which types a step computes. Weights, and what validation and callbacks see,
  ///     are Float32 either way.
  ///   - seed: Decides starting weights, order and dropout.
  ///   - executor: Where it runs.
  /// - Throws: `GraphError` if the model is not defined for the data or a loss not for its output;
  ///   `LayerError` for starting weights that the model does not have, or has in another shape;
  ///   `TrainingError` for settings out of range, for inputs and outputs without a feature or
  ///   target, and for targets that a loss is not made for; what callbacks throw.
  public func callAsFunction(
    _ data: Dataset, epochs: Int, batchSize: Int = 32, accumulatingSteps: Int = 1,
    optimizer: any Optimizer, objective: Objective,
    validation: Validation = .none, validationFrequency: Int = 1,
    validationBatchSize: Int? = nil, classWeight: [Int: Double]? = nil, shuffle: Bool = true,
    initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
    startingWeights: [String: HostTensor] = [:], callbacks: [any Callback] = [],
    precision: PrecisionPolicy = .float32, seed: Seed = 0, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    let training = try Training(
      from: start(data, objective, seed), startingWeights: startingWeights,
      course: TrainingCourse(
        epochs: epochs, initialEpoch: initialEpoch, batchSize: batchSize,
        stepsPerEpoch: stepsPerEpoch, accumulatingSteps: accumulatingSteps, shuffles: shuffle,
        validationFrequency: validationFrequency, validationBatchSize: validationBatchSize,
        precision: precision),
      optimizer: optimizer, objective: objective, seed: seed, executor: executor)
    return try await training.run(
      on: data, validation: validation, classWeight: classWeight, callbacks: callbacks)
  }

  /// Trains the model on a stream of batches, of which some are made ready while a step runs; how
  /// long steps waited for them is in each epoch's report.
  ///
  /// - Parameters:
  ///   - batches: What is learned from, such as `samples.shuffled(…).augmented(…).batched(32)`. All
  ///     batches have the features and targets of the first one; a program is compiled for each
  ///     size and length that occurs.
  ///   - stepsPerEpoch: How many batches count as an epoch, at least 1; those of a pass if nil. The
  ///     next epoch begins where this one ended, and a new pass when all have been seen.
  ///   - ahead: Batches that are kept ready, at least 1.
  /// - Throws: As for a data set; `TrainingError.unknownLength` if neither the stream nor
  ///   `stepsPerEpoch` says how long an epoch is, `.splitStream` for validation on a part of it;
  ///   what the stream throws.
  public func callAsFunction(
    _ batches: SampleStream<Dataset>, epochs: Int, accumulatingSteps: Int = 1,
    optimizer: any Optimizer, objective: Objective,
    validation: Validation = .none, validationFrequency: Int = 1,
    validationBatchSize: Int? = nil, classWeight: [Int: Double]? = nil,
    initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, ahead: Int = 2,
    startingWeights: [String: HostTensor] = [:], callbacks: [any Callback] = [],
    precision: PrecisionPolicy = .float32, seed: Seed = 0, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    let first = try await batches.first()
    guard let steps = stepsPerEpoch ?? batches.count else {
      throw TrainingError.unknownLength(stream: batches.summary)
    }
    let training = try Training(
      from: start(first, objective, seed), startingWeights: startingWeights,
      course: TrainingCourse(
        epochs: epochs, initialEpoch: initialEpoch, batchSize: first.count,
        stepsPerEpoch: steps, accumulatingSteps: accumulatingSteps, shuffles: false,
        validationFrequency: validationFrequency, validationBatchSize: validationBatchSize,
        precision: precision),
      optimizer: optimizer, objective: objective, seed: seed, executor: executor)
    return try await training.run(
      on: batches, first: first, ahead: ahead, validation: validation, classWeight: classWeight,
      callbacks: callbacks)
  }

  /// Trains a model of one output on a stream of batches: as with an objective of this loss and
  /// these metrics.
  public func callAsFunction(
    _ batches: SampleStream<Dataset>, epochs: Int, accumulatingSteps: Int = 1,
    optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [],
    validation: Validation = .none, validationFrequency: Int = 1,
    validationBatchSize: Int? = nil, classWeight: [Int: Double]? = nil,
    initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, ahead: Int = 2,
    startingWeights: [String: HostTensor] = [:], callbacks: [any Callback] = [],
    precision: PrecisionPolicy = .float32, seed: Seed = 0, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    try await callAsFunction(
      batches, epochs: epochs, accumulatingSteps: accumulatingSteps, optimizer: optimizer,
      objective: Objective(loss: loss, metrics: metrics), validation: validation,
      validationFrequency: validationFrequency, validationBatchSize: validationBatchSize,
      classWeight: classWeight, initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch,
      ahead: ahead, startingWeights: startingWeights, callbacks: callbacks, precision: precision,
      seed: seed, on: executor)
  }

  /// Trains a model of one output: as with an objective of this loss and these metrics.
  public func callAsFunction(
    _ data: Dataset, epochs: Int, batchSize: Int = 32, accumulatingSteps: Int = 1,
    optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [],
    validation: Validation = .none, validationFrequency: Int = 1,
    validationBatchSize: Int? = nil, classWeight: [Int: Double]? = nil, shuffle: Bool = true,
    initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
    startingWeights: [String: HostTensor] = [:], callbacks: [any Callback] = [],
    precision: PrecisionPolicy = .float32, seed: Seed = 0, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    try await callAsFunction(
      data, epochs: epochs, batchSize: batchSize, accumulatingSteps: accumulatingSteps,
      optimizer: optimizer, objective: Objective(loss: loss, metrics: metrics),
      validation: validation, validationFrequency: validationFrequency,
      validationBatchSize: validationBatchSize, classWeight: classWeight, shuffle: shuffle,
      initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, startingWeights: startingWeights,
      callbacks: callbacks, precision: precision, seed: seed, on: executor)
  }
}

/// A training as asked for: new, or from the weights of a model.
private struct Training {
  let structure: ModelStructure
  let weights: [String: ValueSource]
  let course: TrainingCourse
  let optimizer: any Optimizer
  let objective: Objective
  let seed: Seed
  let executor: any Executor

  /// - Throws: `LayerError` for starting weights that the model does not have, or has in another shape.
  init(
    from start: Fit.Start, startingWeights: [String: HostTensor], course: TrainingCourse,
    optimizer: any Optimizer, objective: Objective, seed: Seed, executor: any Executor
  ) throws {
    try start.structure.declaration.check(startingWeights)
    structure = start.structure
    weights = start.weights.merging(startingWeights.mapValues { ValueSource($0) }) { $1 }
    self.course = course
    self.optimizer = optimizer
    self.objective = objective
    self.seed = seed
    self.executor = executor
  }

  func run(
    on data: Dataset, validation: Validation, classWeight: [Int: Double]?,
    callbacks: [any Callback]
  ) async throws -> TrainedModel {
    let bound = try checkedObjective(on: data)
    let (train, watched) = try validation.parts(of: data, seed: seed)
    try structure.declaration.checkBatches(of: train.count)
    let columns = try Columns(
      train, signature: structure.signature, objective: bound, classWeight: classWeight)
    return try await run(
      columns, feed: nil, validation: watched, bound,
      plan: course.plan(sampleCount: train.count, seed: seed),
      dataChecksum: data.contentHash.hex, callbacks)
  }

  func run(
    on batches: SampleStream<Dataset>, first: Dataset, ahead: Int, validation: Validation,
    classWeight: [Int: Double]?, callbacks: [any Callback]
  ) async throws -> TrainedModel {
    let bound = try checkedObjective(on: first)
    if case .split = validation { throw TrainingError.splitStream }
    let feed = BatchFeed(
      batches: batches, ahead: ahead, signature: structure.signature, objective: bound,
      classWeight: classWeight)
    let steps = batches.count ?? course.stepsPerEpoch ?? 1
    return try await run(
      feed.columns(of: first), feed: feed, validation: validation, bound,
      plan: course.plan(sampleCount: steps * first.count, seed: seed),
      dataChecksum: Checksum(of: Array(batches.summary.utf8)).hex, callbacks)
  }

  private func run(
    _ columns: Columns, feed: BatchFeed?, validation: Validation, _ bound: BoundObjective,
    plan: TrainingPlan, dataChecksum: String, _ callbacks: [any Callback]
  ) async throws -> TrainedModel {
    var trainer = try await Trainer(
      structure, weights: weights, columns: columns,
      validation: try await source(of: validation, bound), feed: feed, objective: bound,
      optimizer: optimizer, plan: plan,
      dataChecksum: dataChecksum, executor: executor)
    return try await trainer.run(callbacks)
  }

  /// What the training is watched on, ready for an evaluator; a split was made before.
  private func source(
    of validation: Validation, _ bound: BoundObjective
  ) async throws -> Evaluator.Source? {
    switch validation {
    case .none, .split: return nil
    case .data(let data):
      try structure.declaration.checkBatches(of: data.count)
      return .samples(
        try Columns(data, signature: structure.signature, objective: bound),
        batchSize: course.validationBatchSize
          ?? Evaluator.batchSize(for: structure.declaration, of: data.signature))
    case .samples(let samples):
      let size =
        course.validationBatchSize
        ?? Evaluator.batchSize(for: structure.declaration, of: samples.signature)
      return try await source(
        of: samples.data.map { .data($0) } ?? .stream(samples.batches(of: size)), bound)
    case .stream(let batches):
      let feed = BatchFeed(
        batches: batches, ahead: 2, signature: structure.signature, objective: bound,
        classWeight: nil)
      return .batches(feed, first: try feed.columns(of: await batches.first()))
    }
  }

  /// The objective with its parts bound to outputs, if the settings are in range and the targets
  /// such as losses are made for.
  private func checkedObjective(on data: Dataset) throws -> BoundObjective {
    try course.check(batchSize: structure.declaration.statefulBatchSize)
    let bound = try BoundObjective(
      objective, outputs: structure.signature.outputs.map(\.name))
    for (part, target) in zip(bound.parts, try data.targets(of: bound)) {
      let output = structure.signature.outputs[part.place].shape
      guard let complaint = part.loss?.complaint(about: target.tensor, output: output) else {
        continue
      }
      let error = TrainingError.targets(
        loss: part.loss.map { type(of: $0).kind } ?? part.output, complaint)
      throw bound.isOfMany ? .output(part.output, error) : error
    }
    guard structure.declaration.parameterCount > 0 else { throw TrainingError.nothingToTrain }
    return bound
  }
}

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
  /// Trains the model on samples.
  ///
  /// The same seed gives the same weights, bit for bit, on the same kind of machine with the same
  /// number of threads.
  ///
  /// - Parameters:
  ///   - data: What is learned from.
  ///   - epochs: How often each sample is seen, at least 1.
  ///   - batchSize: Samples in a step, at least 1; the last step of an epoch takes the rest.
  ///   - optimizer: How weights follow gradients.
  ///   - loss: What is made small.
  ///   - metrics: What is reported beside.
  ///   - validation: What the training is watched on.
  ///   - classWeight: How much samples of a class count; 1 for classes not named.
  ///   - callbacks: What watches the training and may act on it, in this order.
  ///   - seed: Decides starting weights, order and dropout.
  ///   - executor: Where it runs.
  /// - Throws: `GraphError` if the model is not defined for the data or the loss not for its
  ///   output; `TrainingError` for settings out of range; what callbacks throw.
  public func fit(
    _ data: Dataset, epochs: Int, batchSize: Int = 32, optimizer: any Optimizer, loss: any Loss,
    metrics: [any Metric] = [], validation: Validation = .none,
    classWeight: [Int: Double]? = nil, callbacks: [any Callback] = [], seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    let signature = try ModelSignature(layer: self, data: data, loss: loss)
    let declaration = try declaration(inputs: signature.inputs.map(\.type))
    let start = try TrainedModel(
      layer: self, weights: declaration.initialValues(seed: seed.child("weights")),
      signature: signature)
    return try await start.fit(
      data, epochs: epochs, batchSize: batchSize, optimizer: optimizer, loss: loss,
      metrics: metrics, validation: validation, classWeight: classWeight, callbacks: callbacks,
      seed: seed, on: executor)
  }
}

extension TrainedModel {
  /// Trains the model further, from its present weights; parameters as for a new model.
  ///
  /// - Throws: `GraphError` if the loss is not defined for the model's output; `TrainingError` for
  ///   settings out of range; what callbacks throw.
  public func fit(
    _ data: Dataset, epochs: Int, batchSize: Int = 32, optimizer: any Optimizer, loss: any Loss,
    metrics: [any Metric] = [], validation: Validation = .none,
    classWeight: [Int: Double]? = nil, callbacks: [any Callback] = [], seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    guard epochs >= 1 else { throw TrainingError.outOfRange("epochs", allowed: "at least 1") }
    guard batchSize >= 1 else {
      throw TrainingError.outOfRange("batchSize", allowed: "at least 1")
    }
    let (train, watched) = try parts(of: data, validation, seed: seed)
    let columns = try Columns(train, classWeight: classWeight)
    try check(columns)
    let trainer = try await Trainer(
      model: self, columns: columns, validation: try watched.map { try Columns($0) },
      objective: Objective(loss: loss, metrics: metrics), optimizer: optimizer,
      plan: BatchPlan(sampleCount: train.count, batchSize: batchSize, seed: seed),
      epochs: epochs, seed: seed, dataChecksum: data.contentHash.hex, executor: executor)
    return try await trainer.run(callbacks)
  }

  private func parts(
    of data: Dataset, _ validation: Validation, seed: Seed
  ) throws -> (train: Dataset, watched: Dataset?) {
    switch validation {
    case .none: return (data, nil)
    case .data(let other): return (data, other)
    case .split(let fraction):
      let parts = try data.trainTestSplit(
        testFraction: fraction, stratified: data.labels != nil, seed: seed.child("validation"))
      return (parts.train, parts.test)
    }
  }

  /// Checks that columns are of the types that the model takes.
  func check(_ columns: Columns) throws(ModelError) {
    guard columns.inputCount == signature.inputs.count else {
      throw .inputNames(
        expected: signature.inputs.map(\.name),
        found: (0..<columns.inputCount).map { "input \($0 + 1)" })
    }
    for (input, type) in zip(signature.inputs, columns.inputTypes) {
      guard type.dtype == input.dtype, type.shape.dropFirst().elementsEqual(input.shape) else {
        throw .inputType(name: input.name, expected: input.batchDescription, found: "\(type)")
      }
    }
  }
}

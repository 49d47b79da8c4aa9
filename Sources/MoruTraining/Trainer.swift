import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors

/// One training: the state on the executor, the compiled steps, and the loop over epochs.
struct Trainer {
  private let model: TrainedModel
  private let objective: Objective
  private let plan: BatchPlan
  private let epochs: Int
  private let seed: Seed
  private let dataChecksum: String
  private let executor: any Executor
  private let state: PlacedState
  private let programs: [Int: any Program]
  private let evaluator: Evaluator?
  private let validation: Columns?

  /// Places state and data on the executor and compiles the steps.
  init(
    model: TrainedModel, columns: Columns, validation: Columns?, objective: Objective,
    optimizer: any Optimizer, plan: BatchPlan, epochs: Int, seed: Seed, dataChecksum: String,
    executor: any Executor
  ) async throws {
    self.model = model
    self.objective = objective
    self.plan = plan
    self.epochs = epochs
    self.seed = seed
    self.dataChecksum = dataChecksum
    self.executor = executor
    self.validation = validation
    let optimizer = optimizer.resolved(totalSteps: plan.batchCount * epochs)
    let weights = try model.declaration.weights(from: model.weights)
    let start = TrainingState(
      weights: weights, optimizer: optimizer.initialState(for: weights.parameters),
      sums: FigureSums(zerosFor: objective))
    state = try await PlacedState(
      start, key: seed.child("dropout"), columns: columns, executor: executor)

    let graph = StepGraph(layer: model.layer, objective: objective)
    var programs: [Int: any Program] = [:]
    for batch in plan.batchSizes {
      programs[batch] = try await executor.compile(
        graph.training(batch: batch, state: start, columns: columns, optimizer: optimizer),
        resident: state.all)
    }
    self.programs = programs
    if let validation {
      evaluator = try await Evaluator(
        graph: graph, weights: weights, placed: state.weights, columns: validation,
        executor: executor)
    } else {
      evaluator = nil
    }
  }

  /// Runs all epochs, or fewer if a callback stops them, and returns the model with its record.
  func run(_ given: [any Callback]) async throws -> TrainedModel {
    var callbacks = given
    let names = objective.names
    let control = TrainingControl(
      epochs: epochs, figureNames: names + (validation == nil ? [] : names.map { "val_" + $0 }),
      isBetterGreater: objective.isBetterGreater, executor: executor,
      weightPaths: state.weightPaths, weights: state.weights, rateScale: state.rateScale
    ) { weights, epoch in
      try model(with: weights, reports: [], keptEpoch: epoch)
    }
    for place in callbacks.indices { try await callbacks[place].trainingBegan(control) }
    var reports: [EpochReport] = []
    for epoch in 1...epochs {
      let report = try await run(epoch: epoch, &callbacks, control)
      reports.append(report)
      for place in callbacks.indices {
        try await callbacks[place].epochEnded(report, control)
      }
      if control.isStopping { break }
    }
    for place in callbacks.indices { try await callbacks[place].trainingEnded(control) }
    return try model(
      with: await control.currentWeights(), reports: reports,
      keptEpoch: control.keptEpoch ?? reports.count)
  }

  private func run(
    epoch: Int, _ callbacks: inout [any Callback], _ control: TrainingControl
  ) async throws -> EpochReport {
    try Task.checkCancellation()
    try await state.resetSums()
    let clock = ContinuousClock()
    let start = clock.now
    var (done, total) = (0, 0.0)
    // Enough steps on each way to the executor's thread that the way costs nothing, and few enough
    // that progress is seen to move.
    var stepsPerCall = 1
    var batches = plan.batches(epoch: epoch - 1)[...]
    while let size = batches.first?.count, let program = programs[size] {
      let steps = batches.prefix(stepsPerCall).prefix { $0.count == size }
      batches = batches.dropFirst(steps.count)
      let callStart = clock.now
      let results = try await program.run(
        steps: steps.map { [HostTensor($0.map { Int32($0) })] })
      let losses = try results.map { Double(try $0[0].array(of: Float.self)[0]) }
      done += losses.count
      total += losses.reduce(0, +)
      let progress = StepProgress(
        epoch: epoch, step: done, steps: plan.batchCount, losses: losses,
        meanLoss: total / Double(done), elapsed: clock.now - start)
      for place in callbacks.indices {
        try await callbacks[place].stepsEnded(progress, control)
      }
      if clock.now - callStart < .milliseconds(50) { stepsPerCall = min(stepsPerCall * 2, 1024) }
      try Task.checkCancellation()
    }
    let seconds = clock.now - start
    var figures = try await state.figures(objective)
    if let evaluator {
      for (name, value) in try await evaluator.evaluate() { figures["val_" + name] = value }
    }
    return EpochReport(epoch: epoch, figures: figures, seconds: seconds.inSeconds)
  }

  private func model(
    with weights: [String: HostTensor], reports: [EpochReport], keptEpoch: Int
  ) throws -> TrainedModel {
    try TrainedModel(
      layer: model.layer, weights: weights, signature: model.signature,
      training: TrainingRecord(
        seed: seed.key, loss: objective.loss, metrics: objective.metrics,
        batchSize: plan.batchSize, samples: plan.sampleCount,
        epochs: reports.map { .init(number: $0.epoch, figures: $0.figures) },
        keptEpoch: keptEpoch, dataChecksum: dataChecksum))
  }
}

extension BatchPlan {
  /// The sizes of batches that occur.
  var batchSizes: Set<Int> {
    let rest = sampleCount % batchSize
    return Set([min(batchSize, sampleCount)] + (rest == 0 ? [] : [rest]))
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Optimizer {
  /// The same optimizer with schedules of open length set to a training's number of steps.
  fileprivate func resolved(totalSteps: Int) -> any Optimizer {
    withLearningRate(learningRate.resolved(totalSteps: totalSteps))
  }
}

import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors

/// One training: the state on the executor, the compiled steps, and the loop over epochs.
struct Trainer {
  private let maker: ModelMaker
  private let objective: BoundObjective
  private let plan: TrainingPlan
  private let executor: any Executor
  private let state: PlacedState
  private var programs: [TrainingPlan.StepKind: any Program] = [:]
  private var evaluator: Evaluator?

  /// Places state and data on the executor and compiles the steps.
  ///
  /// - Parameter weights: Where the weights' values come from, by path.
  init(
    _ structure: ModelStructure, weights: [String: ValueSource], columns: Columns,
    validation: Columns?, objective: BoundObjective, optimizer: any Optimizer, plan: TrainingPlan,
    dataChecksum: String, executor: any Executor
  ) async throws {
    self.objective = objective
    self.plan = plan
    self.executor = executor
    maker = ModelMaker(
      structure: structure, objective: objective.objective, plan: plan, dataChecksum: dataChecksum)
    let optimizer = optimizer.resolved(totalSteps: plan.updateCount)
    let traced = structure.declaration.placeholders()
    let start = TrainingState(
      weights: traced, optimizer: optimizer.initialState(for: traced.parameters),
      accumulation: plan.accumulatingSteps > 1
        ? Accumulation(zerosFor: traced.parameters) : nil,
      sums: FigureSums(
        zerosFor: objective, targets: columns.targetTypes,
        outputs: structure.declaration.outputs))
    state = try await PlacedState(
      start, weights: weights, key: plan.seed.child("dropout"), columns: columns,
      executor: executor)

    let graph = StepGraph(layer: structure.layer, objective: objective)
    for kind in plan.kinds {
      programs[kind] = try await executor.compile(
        graph.training(
          kind, state: start, columns: columns, optimizer: optimizer), resident: state.all)
    }
    if let validation {
      evaluator = try await Evaluator(
        graph: graph, outputs: structure.declaration.outputs, weights: traced,
        placed: state.weights, columns: validation, executor: executor)
    }
  }

  /// Runs all epochs, or fewer if a callback stops them, and returns the model with its record.
  mutating func run(_ given: [any Callback]) async throws -> TrainedModel {
    var callbacks = given
    let names = objective.names
    let control = TrainingControl(
      epochs: plan.epochs,
      figureNames: names + (evaluator == nil ? [] : names.map { "val_" + $0 }),
      isBetterGreater: objective.isBetterGreater, executor: executor,
      weightPaths: state.weightPaths, weights: state.weights, rateScale: state.rateScale
    ) { [maker] weights, epoch in
      try maker.model(with: weights, reports: [], keptEpoch: epoch)
    }
    for place in callbacks.indices { try await callbacks[place].trainingBegan(control) }
    var reports: [EpochReport] = []
    for epoch in 1...plan.epochs {
      let report = try await run(epoch: epoch, &callbacks, control)
      reports.append(report)
      for place in callbacks.indices {
        try await callbacks[place].epochEnded(report, control)
      }
      if control.isStopping { break }
    }
    if control.keptEpoch == nil { try await control.takeMeans(state.means) }
    for place in callbacks.indices { try await callbacks[place].trainingEnded(control) }
    // Their memory is worth more than they are: the weights are about to be copied out.
    (programs, evaluator) = ([:], nil)
    return try maker.model(
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
    let batches = plan.batches.batches(epoch: epoch - 1)
    while done < batches.count, let program = programs[plan.kind(at: done)] {
      let steps = batches[done...].prefix(stepsPerCall).enumerated()
        .prefix { plan.kind(at: done + $0.offset) == plan.kind(at: done) }.map(\.element)
      let callStart = clock.now
      let results = try await program.run(
        steps: steps.map { [HostTensor($0.map { Int32($0) })] })
      let losses = try results.map { Double(try $0[0].array(of: Float.self)[0]) }
      done += losses.count
      total += losses.reduce(0, +)
      let progress = StepProgress(
        epoch: epoch, step: done, steps: batches.count, losses: losses,
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
}

/// Makes a model of what a training has come to.
private struct ModelMaker: Sendable {
  let structure: ModelStructure
  let objective: Objective
  let plan: TrainingPlan
  let dataChecksum: String

  func model(
    with weights: [String: HostTensor], reports: [EpochReport], keptEpoch: Int
  ) throws -> TrainedModel {
    try TrainedModel(
      layer: structure.layer, weights: weights, signature: structure.signature,
      training: TrainingRecord(
        seed: plan.seed.key, objective: objective, batchSize: plan.batches.batchSize,
        accumulatingSteps: plan.accumulatingSteps,
        samples: plan.batches.sampleCount,
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

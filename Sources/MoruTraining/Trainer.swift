import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors

/// One training: the state on the executor, the compiled steps, and the loop over epochs.
struct Trainer {
  /// A compiled step: of a kind, and for the types that it is given if it is fed.
  private struct ProgramKey: Hashable {
    let kind: TrainingPlan.StepKind
    var types: [TensorType] = []
  }

  private let maker: ModelMaker
  private let objective: BoundObjective
  private let plan: TrainingPlan
  private let optimizer: any Optimizer
  private let executor: any Executor
  private let state: PlacedState
  private let compileProbe: TrainingControl.ProbeCompiler
  private let compileStep: @Sendable (TrainingPlan.StepKind, Columns) async throws -> any Program
  private let feed: BatchFeed?
  private var programs: [ProgramKey: any Program] = [:]
  private var evaluator: Evaluator?

  /// Places state and data on the executor and compiles the steps.
  ///
  /// - Parameters:
  ///   - weights: Where the weights' values come from, by path.
  ///   - columns: All samples; the first batch if batches are fed.
  ///   - feed: Where batches come from; nil if the columns are all samples.
  init(
    _ structure: ModelStructure, weights: [String: ValueSource], columns: Columns,
    validation: Evaluator.Source?, feed: BatchFeed?,
    objective: BoundObjective, optimizer: any Optimizer, plan: TrainingPlan, dataChecksum: String,
    executor: any Executor
  ) async throws {
    self.objective = objective
    self.plan = plan
    self.executor = executor
    self.feed = feed
    maker = ModelMaker(
      structure: structure, objective: objective.objective, plan: plan, dataChecksum: dataChecksum)
    let optimizer = optimizer.resolved(totalSteps: plan.updateCount)
    self.optimizer = optimizer
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

    let graph = StepGraph(
      layer: structure.layer, objective: objective, precision: plan.precision)
    compileProbe = { [state] samples, results in
      let batch = structure.declaration.statefulBatchSize ?? min(samples, columns.count)
      let program = try await executor.compile(
        graph.probe(batch: batch, state: start, columns: columns, results), resident: state.all)
      return StepProbe(program: program, inputs: columns.firstInputs(batch))
    }
    compileStep = { [state] kind, columns in
      try await executor.compile(
        graph.training(kind, state: start, columns: columns, optimizer: optimizer),
        resident: state.all)
    }
    if feed == nil {
      for kind in plan.kinds {
        programs[ProgramKey(kind: kind)] = try await compileStep(kind, columns)
      }
    }
    if let validation {
      evaluator = try await Evaluator(
        graph: graph, outputs: structure.declaration.outputs, weights: traced,
        placed: state.weights, source: validation, executor: executor)
    }
  }

  /// Runs all epochs, or fewer if a callback stops them, and returns the model with its record.
  mutating func run(_ given: [any Callback]) async throws -> TrainedModel {
    var callbacks = given
    let names = objective.names
    let control = TrainingControl(
      epochs: plan.epochs,
      figureNames: names + (evaluator == nil ? [] : names.map { "val_" + $0 }),
      isBetterGreater: objective.isBetterGreater, optimizer: optimizer,
      placed: state.training(objective),
      carriedStates: maker.structure.declaration.carriedStates, executor: executor,
      compileProbe: compileProbe
    ) { [maker] weights, epoch in
      try maker.model(with: weights, reports: [], keptEpoch: epoch)
    }
    for place in callbacks.indices { try await callbacks[place].trainingBegan(control) }
    var position = try await resumedPosition(&callbacks, control)
    let reader = feed?.reader(from: position, plan)
    while position.epoch <= plan.epochs, !control.isStopping {
      try await runEpoch(from: &position, reader, &callbacks, control)
    }
    try await control.keepMeans()
    for place in callbacks.indices { try await callbacks[place].trainingEnded(control) }
    if let backup = control.backup, !backup.isKept {
      try? FileManager.default.removeItem(at: backup.url)
    }
    // Their memory is worth more than they are: the weights are about to be copied out.
    (programs, evaluator) = ([:], nil)
    return try maker.model(
      with: await control.currentWeights(), reports: position.reports,
      keptEpoch: control.keptEpoch ?? position.reports.last?.epoch ?? plan.initialEpoch)
  }

  /// Runs what is left of an epoch, its validation, and what callbacks do after it.
  private mutating func runEpoch(
    from position: inout TrainingPosition, _ reader: EndlessReader<Dataset>?,
    _ callbacks: inout [any Callback],
    _ control: TrainingControl
  ) async throws {
    let epoch = position.epoch
    if position.step == 0 { try await state.resetSums() }
    for place in callbacks.indices { try await callbacks[place].epochBegan(epoch, control) }
    let clock = ContinuousClock()
    let start = clock.now
    let waited = try await runSteps(
      from: &position, reader, since: start, &callbacks, control)
    let seconds = clock.now - start
    var figures = try await state.figures(objective)
    if evaluator != nil, epoch.isMultiple(of: plan.validationFrequency) {
      for place in callbacks.indices { try await callbacks[place].validationBegan(epoch, control) }
      let found = Dictionary(
        uniqueKeysWithValues: try await evaluator?.evaluate().figures.map { ("val_" + $0, $1) }
          ?? [])
      for place in callbacks.indices {
        try await callbacks[place].validationEnded(found, control)
      }
      figures.merge(found) { $1 }
    }
    let report = EpochReport(
      epoch: epoch, figures: figures, seconds: seconds.inSeconds, dataSeconds: waited?.inSeconds)
    position = TrainingPosition(
      epoch: epoch + 1, reports: position.reports + [report], stream: position.stream)
    for place in callbacks.indices { try await callbacks[place].epochEnded(report, control) }
    if let backup = control.backup, backup.frequency == .epoch {
      try await save(backup, position, callbacks, control)
    }
  }

  /// Runs the steps that are left of an epoch.
  ///
  /// - Returns: How long steps waited for batches, if those are fed.
  private mutating func runSteps(
    from position: inout TrainingPosition, _ reader: EndlessReader<Dataset>?,
    since start: ContinuousClock.Instant,
    _ callbacks: inout [any Callback], _ control: TrainingControl
  ) async throws -> Duration? {
    try Task.checkCancellation()
    let epoch = position.epoch
    var calls = StepCalls(
      epoch: epoch, steps: plan.stepsPerEpoch, for: callbacks, since: start)
    let batches = reader == nil ? plan.batches(epoch: epoch) : []
    var waited: Duration? = reader == nil ? nil : .zero
    while position.step < plan.stepsPerEpoch, !control.isStopping {
      let limit = calls.next(at: position.step)
      let (program, steps): (any Program, [[HostTensor]])
      if let reader {
        let asked = ContinuousClock.now
        let next = try await reader.next()
        waited = waited.map { $0 + (ContinuousClock.now - asked) }
        position.stream = next.after
        (program, steps) = try await fedStep(next.element, at: position.step)
      } else {
        (program, steps) = try await residentSteps(
          batches[position.step...].prefix(limit), epoch: epoch)
      }
      let results = try await program.run(steps: steps)
      let losses = try StepCalls.losses(of: results)
      position.step += losses.count
      position.totalLoss += losses.reduce(0, +)
      let progress = calls.progress(
        at: position.step, losses: losses, totalLoss: position.totalLoss)
      for place in callbacks.indices {
        try await callbacks[place].stepsEnded(progress, control)
      }
      if let backup = control.backup, backup.frequency.isDue(after: progress.trainingStep) {
        try await save(backup, position, callbacks, control)
      }
      try Task.checkCancellation()
    }
    return waited
  }

  /// The program of the first of some batches, and the rows of those of its kind.
  private func residentSteps(
    _ batches: ArraySlice<[Int]>, epoch: Int
  ) async throws -> (any Program, [[HostTensor]]) {
    let kind = plan.kind(epoch: epoch, at: batches.startIndex)
    guard let program = programs[ProgramKey(kind: kind)] else {
      preconditionFailure("every kind of step is compiled beforehand")
    }
    let steps = batches.indices.prefix { plan.kind(epoch: epoch, at: $0) == kind }
      .map { [HostTensor(batches[$0].map { Int32($0) })] }
    return (program, steps)
  }

  /// The program of a batch, which is compiled when such a batch comes for the first time.
  private mutating func fedStep(
    _ batch: Dataset, at place: Int
  ) async throws -> (any Program, [[HostTensor]]) {
    guard let feed else { preconditionFailure("batches come from a feed") }
    let columns = try feed.columns(of: batch)
    let kind = plan.kind(batch: columns.count, at: place)
    let key = ProgramKey(kind: kind, types: columns.values.map(\.type))
    if let program = programs[key] { return (program, [columns.values]) }
    let program = try await compileStep(kind, columns)
    programs[key] = program
    return (program, [columns.values])
  }
}

// Interrupted trainings.
extension Trainer {
  private func identity(_ callbacks: [any Callback]) throws -> Backup.Identity {
    Backup.Identity(
      seed: plan.seed.key, dataChecksum: maker.dataChecksum, batchSize: plan.batches.batchSize,
      stepsPerEpoch: plan.stepsPerEpoch, accumulatingSteps: plan.accumulatingSteps,
      precision: plan.precision, optimizer: try OptimizerBox(optimizer).fingerprint,
      objective: try objective.objective.fingerprint,
      callbacks: callbacks.map { "\(type(of: $0))" },
      weights: maker.structure.declaration.weights.map {
        "\($0.path) \($0.type)" + ($0.isTrainable ? "" : " kept")
      })
  }

  private func save(
    _ plan: BackupPlan, _ position: TrainingPosition, _ callbacks: [any Callback],
    _ control: TrainingControl
  ) async throws {
    try await Backup(
      identity: identity(callbacks), position: position, state: control.snapshot(),
      memories: callbacks.map(\.memory)
    ).write(to: plan.url)
  }

  /// Where the training begins: where an interrupted one stopped, if a backup is to be followed.
  private func resumedPosition(
    _ callbacks: inout [any Callback], _ control: TrainingControl
  ) async throws -> TrainingPosition {
    guard let plan = control.backup,
      let backup = try Backup(at: plan.url, of: identity(callbacks))
    else { return TrainingPosition(epoch: self.plan.initialEpoch + 1) }
    try await control.resume(backup.state)
    for (place, memory) in backup.memories.enumerated() { callbacks[place].memory = memory }
    return backup.position
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
        accumulatingSteps: plan.accumulatingSteps, precision: plan.precision,
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

extension Encodable {
  /// The value's own coding as text: equal for equal values.
  fileprivate var fingerprint: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension Duration {
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Optimizer {
  /// The same optimizer with schedules of open length set to a training's number of steps.
  fileprivate func resolved(totalSteps: Int) -> any Optimizer {
    withLearningRate(learningRate.resolved(totalSteps: totalSteps))
  }
}

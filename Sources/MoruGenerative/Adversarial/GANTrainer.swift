import MoruData
import MoruGraph
import MoruLayers
import MoruOptimizers
import MoruTensors
import MoruTraining

/// One training of a GAN: the state on the executor, the compiled step, and the loop over epochs.
struct GANTrainer: Sendable {
  private let structure: GANStructure
  private let plan: BatchPlan
  private let epochs: Int
  private let executor: any Executor
  private let program: any Program
  private let start: GANState
  /// The weights' paths, those of either network below its name, in the order of the residents.
  private let paths: [String]
  private let residents: [any Resident]
  private let control: TrainingControl

  /// Places state and data on the executor and compiles the step.
  init(
    _ structure: GANStructure, data: Dataset, batchSize: Int,
    generatorOptimizer: any Optimizer, discriminatorOptimizer: any Optimizer, epochs: Int,
    seed: Seed, executor: any Executor
  ) async throws {
    let gan = structure.gan
    self.structure = structure
    self.epochs = epochs
    self.executor = executor
    plan = BatchPlan(
      sampleCount: data.count, batchSize: batchSize * gan.discriminatorSteps, seed: seed)
    let generator = try structure.generator.weights(
      from: structure.generator.initialValues(seed: seed.child("generator")))
    let discriminator = try structure.discriminator.weights(
      from: structure.discriminator.initialValues(seed: seed.child("discriminator")))
    let start = GANState(
      generator: generator, discriminator: discriminator,
      generatorOptimizer: generatorOptimizer.initialState(for: generator.parameters),
      discriminatorOptimizer: discriminatorOptimizer.initialState(for: discriminator.parameters),
      sums: GANSums(zerosFor: gan.loss))
    self.start = start
    var columns = [data.features[0].values]
    if let labels = structure.labels, let classes = data.classes {
      columns.append(
        try await Tensor(HostTensor(classes.indices)).oneHot(depth: labels.shape[0])
          .value(on: executor))
    }
    let graph = try GANStep(gan: gan, batch: batchSize).training(
      start, columns: columns.map(\.type), generatorOptimizer: generatorOptimizer,
      discriminatorOptimizer: discriminatorOptimizer)
    let keys = HostTensor(["noise", "judging"].map { Int64(bitPattern: seed.child($0).key) })
    let values = try await executor.values(of: start.leaves)
    let all = try await executor.place(values + [keys] + columns)
    let residents = Array(all[..<values.count])
    self.residents = residents
    program = try await executor.compile(graph, resident: all)

    paths = Self.paths(of: start)
    control = Self.control(
      structure, start, residents, paths: paths, optimizer: generatorOptimizer, epochs: epochs,
      executor: executor)
  }

  private static func paths(of state: GANState) -> [String] {
    [("generator/", state.generator), ("discriminator/", state.discriminator)].flatMap {
      name, weights in
      (weights.parameters.keys.sorted() + weights.state.keys.sorted()).map { name + $0 }
    }
  }

  /// What callbacks see: both networks' weights, and the generator as the model.
  private static func control(
    _ structure: GANStructure, _ start: GANState, _ residents: [any Resident], paths: [String],
    optimizer: any Optimizer, epochs: Int, executor: any Executor
  ) -> TrainingControl {
    let loss = structure.gan.loss
    let names = GANSums.figureNames(of: loss)
    let better = names.map { ($0, ["diversity", "fake_accuracy"].contains($0)) }
    let generatorPlace = paths.count
    let discriminatorPlace = generatorPlace + start.generatorOptimizer.leaves.count
    let placed = PlacedTraining(
      weightPaths: paths, weights: Array(residents[..<paths.count]),
      iteration: residents[generatorPlace],
      rateScales: [residents[generatorPlace + 1], residents[discriminatorPlace + 1]],
      means: means(start.generatorOptimizer, from: generatorPlace, residents)
        + means(start.discriminatorOptimizer, from: discriminatorPlace, residents),
      averaged: averaged(start, residents), state: residents
    ) { try await Self.figures(start.sums, residents, of: loss, on: executor) }
    return TrainingControl(
      epochs: epochs, figureNames: names,
      isBetterGreater: Dictionary(uniqueKeysWithValues: better), optimizer: optimizer,
      placed: placed, executor: executor,
      compileProbe: { _, _ in
        throw TrainingError.callback(
          "LayerInspector", reason: "a step of a GAN has two losses",
          remedy: "Watch its figures instead.")
      },
      makeModel: { weights, _ in
        try structure.trainedGenerator(Self.weights(weights, below: "generator/"))
      })
  }

  private static func means(
    _ optimizer: OptimizerState, from place: Int, _ residents: [any Resident]
  ) -> [any Resident] {
    let first = place + 2 + optimizer.slots.reduce(0) { $0 + $1.count }
    return Array(residents[first..<first + optimizer.means.count])
  }

  /// The parameters of the networks whose optimizers keep running means.
  private static func averaged(
    _ state: GANState, _ residents: [any Resident]
  ) -> [any Resident] {
    let second = state.generator.leaves.count
    return Array(residents[..<state.generatorOptimizer.means.count])
      + Array(residents[second..<second + state.discriminatorOptimizer.means.count])
  }

  private static func figures(
    _ sums: GANSums, _ residents: [any Resident], of loss: GANLoss, on executor: any Executor
  ) async throws -> [String: Double] {
    try sums.figures(await executor.read(residents.suffix(sums.leaves.count)), of: loss)
  }

  private static func weights(
    _ weights: [String: HostTensor], below name: String
  ) -> [String: HostTensor] {
    Dictionary(
      uniqueKeysWithValues: weights.filter { $0.key.hasPrefix(name) }
        .map { (String($0.key.dropFirst(name.count)), $0.value) })
  }

  /// Runs all epochs, or fewer if a callback stops them.
  func run(_ given: [any Callback]) async throws -> TrainedGAN {
    var callbacks = given
    for place in callbacks.indices { try await callbacks[place].trainingBegan(control) }
    guard !control.isBackedUp else { throw GenerativeError.notBackedUp }
    var history: [EpochReport] = []
    while history.count < epochs, !control.isStopping {
      history.append(try await runEpoch(history.count + 1, &callbacks))
    }
    try await control.keepMeans()
    for place in callbacks.indices { try await callbacks[place].trainingEnded(control) }
    let weights = try await control.currentWeights()
    return TrainedGAN(
      generator: try structure.trainedGenerator(Self.weights(weights, below: "generator/")),
      discriminator: try structure.trainedDiscriminator(
        Self.weights(weights, below: "discriminator/")),
      loss: structure.gan.loss, history: history, warnings: control.warnings,
      verdict: GANVerdict(history, loss: structure.gan.loss))
  }

  private func runEpoch(_ epoch: Int, _ callbacks: inout [any Callback]) async throws -> EpochReport
  {
    try await executor.write(
      start.sums.leaves.map { .zeros($0.shape, dtype: .float64) },
      to: residents.suffix(start.sums.leaves.count))
    for place in callbacks.indices { try await callbacks[place].epochBegan(epoch, control) }
    let batches = plan.batches(epoch: epoch - 1).filter { $0.count == plan.batchSize }
    var calls = StepCalls(epoch: epoch, steps: batches.count, for: callbacks)
    var (step, total) = (0, 0.0)
    while step < batches.count, !control.isStopping {
      try Task.checkCancellation()
      let limit = calls.next(at: step)
      let results = try await program.run(
        steps: batches[step...].prefix(limit).map { [HostTensor($0.map { Int32($0) })] })
      let losses = try StepCalls.losses(of: results)
      step += losses.count
      total += losses.reduce(0, +)
      let progress = calls.progress(at: step, losses: losses, totalLoss: total)
      for place in callbacks.indices { try await callbacks[place].stepsEnded(progress, control) }
    }
    let seconds = calls.elapsed.inSeconds
    let report = EpochReport(
      epoch: epoch, figures: try await control.currentFigures(), seconds: seconds)
    for place in callbacks.indices { try await callbacks[place].epochEnded(report, control) }
    return report
  }
}

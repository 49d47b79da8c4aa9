internal import Foundation
public import MoruArchive
public import MoruCPU
internal import MoruData
public import MoruGraph
internal import MoruLayers
internal import MoruMetrics
public import MoruModels
internal import MoruOptimizers
internal import MoruTensors
public import MoruTraining

/// The whole way from prepared data to a judged and registered model, recorded as a run.
public struct TrainingRun: Sendable {
  /// What is done.
  public let configuration: TrainingConfiguration
  /// What is learned from and judged on, as it was found.
  public let data: PreparedData
  /// What is learned from and watched on, with classes balanced.
  public let balancing: Balancing
  private let drafts: [CandidateDraft]
  private let classWeight: [Int: Double]?
  private let costs: CostMatrix?

  /// Reads the data and draws every candidate on them, so that what cannot work is refused before
  /// anything is trained.
  ///
  /// - Parameter bases: What candidates learn on, by their names, as `configuration.bases` loads it.
  /// - Throws: `DataError` naming file, line and column; `WorkflowError.configuration` naming line
  ///   and column of the candidate or setting that does not fit the data.
  public init(
    _ configuration: TrainingConfiguration, bases: [String: TrainedModel] = [:]
  ) throws {
    self.configuration = configuration
    let seed = Seed(configuration.training.seed)
    let data = try configuration.located {
      try PreparedData(configuration.data, seed: seed.child("split"))
    }
    self.data = data
    drafts = try configuration.located {
      try configuration.candidates.enumerated().map { place, candidate in
        try candidate.draft(
          learningFrom: data.train, on: bases[candidate.name.text], configuration.training,
          at: configuration.path(ofCandidate: place))
      }
    }
    try configuration.located { try configuration.training.checkAugmentation(of: data.train) }
    let settings = configuration.training
    classWeight = try configuration.located {
      try settings.classWeight?.weights(for: data.train.known)
    }
    let costs = try configuration.located { try settings.costMatrix(labels: data.train.labels) }
    self.costs = costs
    balancing = try configuration.located {
      try Balancing(
        data, by: settings.balance, field: data.fieldShares.map { try ClassShares($0) },
        costs: costs, hasClassWeight: settings.classWeight != nil, seed: seed.child("balance"))
    }
  }

  /// Trains the candidates, keeps the better one, judges it on the test part, and registers it.
  ///
  /// The run is `failed` if an error is thrown, and `interrupted` if the task is cancelled.
  ///
  /// - Parameters:
  ///   - workspace: Where charts are kept.
  ///   - store: Where the run is recorded and the model registered; of the same workspace.
  ///   - author: Who trains, for the audit trail; nil to register nothing.
  ///   - executor: Where candidates are trained.
  ///   - callbacks: What else watches the training of a candidate of this name.
  ///   - observe: Is told what happens as it happens.
  public func run(
    in workspace: Workspace, recordedBy store: any RunStore, registeredBy author: String?,
    on executor: any Executor = .cpu, callbacks: (String) -> [any Callback] = { _ in [] },
    observe: (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingOutcome {
    let run = try await store.startRun(
      name: configuration.name.text, parameters: parameters(executor),
      lineage: Lineage(
        dataChecksum: data.checksum, seed: configuration.training.seed, codeVersion: moruVersion))
    do {
      observe(.began(run.id))
      let outcome = try await steps(
        of: run.id, workspace, store, author: author, on: executor, callbacks: callbacks,
        observe: observe)
      try await store.endRun(run.id, failure: nil)
      return outcome
    } catch is CancellationError {
      // A run that nobody ends is interrupted as soon as its process is gone.
      throw CancellationError()
    } catch {
      // The error that ended the run matters more than one in noting it.
      _ = try? await store.endRun(run.id, failure: "\(error)")
      throw error
    }
  }

  private func steps(
    of run: RunID, _ workspace: Workspace, _ store: any RunStore, author: String?,
    on executor: any Executor, callbacks: (String) -> [any Callback],
    observe: (TrainingEvent) -> Void
  ) async throws -> TrainingOutcome {
    let seed = Seed(configuration.training.seed)
    let baseline = try Baseline(
      training: data.train.known, test: data.test.known, seed: seed.child("baseline"))
    observe(.baseline(baseline))
    var trained: [TrainedCandidate] = []
    for (candidate, draft) in zip(configuration.candidates, drafts) {
      let name = candidate.name.text
      let draft = try await draft.decided(
        for: data.train, configuration.training, seed: seed.child("similarity"))
      observe(.candidate(name, summary: try draft.summary(for: data.train)))
      if case .transfer(let transfer, _, let reason) = draft {
        observe(.transfer(name, blocks: transfer.base.blocks.map(\.name), reason: reason))
      }
      let recorder = EpochRecorder(store: store, run: run, prefix: prefix(of: name))
      trained.append(
        try await train(
          draft, named: name, on: executor, callbacks: callbacks(name) + [recorder], run, store))
      if let last = trained.last {
        observe(.trained(last, epochsAsked: draft.epochs(configuration.training)))
      }
    }
    let chosen = try choose(among: trained, observe)
    let reads = try TestReads.record(
      "run \(run)", of: data.test.contentHash(), in: workspace)
    observe(.testRead(reads))
    let verdict = try await Verdict(
      of: chosen.model, named: chosen.name, on: data.test, seed: seed.child("verdict"))
    observe(.verdict(verdict, beside: baseline))
    try await store.append(
      (verdict.figures + [("reads", Double(reads.count))]).map {
        MetricPoint("test_" + $0.name, step: chosen.keptEpoch, value: $0.value)
      },
      to: run)
    var files = RunFiles(run: run, workspace: workspace, store: store)
    try await files.write(chosen, verdict, configuration)
    observe(.files(folder: files.folder, names: files.names))
    let version = try await register(chosen, run, store, author: author, observe)
    try removeBackups()
    return TrainingOutcome(
      run: run, candidate: chosen, version: version, balance: balancing.method,
      classShares: (balancing.sharesBefore, balancing.sharesAfter),
      verdict: verdict, testReads: reads, baseline: baseline, folder: files.folder)
  }

  private func train(
    _ draft: CandidateDraft, named name: String, on executor: any Executor,
    callbacks: [any Callback], _ run: RunID, _ store: any RunStore
  ) async throws -> TrainedCandidate {
    let callbacks =
      [.terminateOnNaN] + callbacks + configuration.training.callbacks(for: name)
    let clock = ContinuousClock()
    let start = clock.now
    let validation = balancing.validation.map { Validation.samples($0) } ?? .none
    let fitted =
      switch draft {
      case .layers(let layer):
        try await fitted(layer, validation, on: executor, callbacks: callbacks)
      case .transfer(let transfer, _, _):
        try await configuration.training.transfer(
          transfer, watchedOn: validation, classWeight: classWeight, callbacks: callbacks,
          on: executor
        ).fit(balancing.train, seed: Seed(configuration.training.seed))
      }
    let model = try decided(fitted)
    let times = try await store.metrics(of: run)
      .filter { $0.name == prefix(of: name) + "seconds" }.map(\.value)
    return TrainedCandidate(
      name: name, model: model, seconds: (clock.now - start) / .seconds(1),
      secondsPerEpoch: times.reduce(0, +) / Double(max(times.count, 1)))
  }

  private func fitted(
    _ layer: any Layer, _ validation: Validation, on executor: any Executor,
    callbacks: [any Callback]
  ) async throws -> TrainedModel {
    let settings = configuration.training
    let metrics = settings.metrics.map(\.metric)
    guard let data = settings.dataInMemory(balancing.train) else {
      let batches = settings.batches(of: balancing.train)
      return try await layer.fit(
        batches, epochs: settings.epochs, accumulatingSteps: settings.accumulatingSteps,
        optimizer: settings.optimizer.optimizer, loss: settings.loss.loss, metrics: metrics,
        validation: validation, classWeight: classWeight, callbacks: callbacks,
        precision: settings.precision, seed: Seed(settings.seed), on: executor)
    }
    return try await layer.fit(
      data, epochs: settings.epochs, batchSize: settings.batchSize,
      accumulatingSteps: settings.accumulatingSteps, optimizer: settings.optimizer.optimizer,
      loss: settings.loss.loss, metrics: metrics, validation: validation,
      classWeight: classWeight, callbacks: callbacks, precision: settings.precision,
      seed: Seed(settings.seed), on: executor)
  }

  /// The model with its probabilities at the field's class ratio, and its decisions at the costs that
  /// were stated.
  private func decided(_ fitted: TrainedModel) throws -> TrainedModel {
    let model = try balancing.correction.map { try fitted.corrected(by: $0) } ?? fitted
    return try costs.map { try model.with(rule: .cheapest($0)) } ?? model
  }

  /// Removes the backups of all candidates: until the run ends, one that is trained already need not
  /// be trained again.
  private func removeBackups() throws {
    guard let backup = configuration.training.backupAndRestore, backup.deletesBackup else { return }
    for candidate in configuration.candidates {
      let path = backup.path(of: candidate.name.text)
      if FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  /// The candidate with the best first metric on validation data; the loss decides between equals,
  /// and then the order.
  private func choose(
    among trained: [TrainedCandidate], _ observe: (TrainingEvent) -> Void
  ) throws -> TrainedCandidate {
    guard var best = trained.first else { throw TrainingError.noSamples }
    guard trained.count > 1 else { return best }
    let metric = configuration.training.metrics.first?.metric
    let figure = "val_" + (metric?.name ?? "loss")
    let sign: Double = metric?.isBetterGreater == true ? 1 : -1
    func rank(_ candidate: TrainedCandidate) -> (Double, Double) {
      let figures = candidate.keptFigures
      return (sign * (figures[figure] ?? -.infinity), -(figures["val_loss"] ?? .infinity))
    }
    for candidate in trained.dropFirst() where rank(candidate) > rank(best) { best = candidate }
    observe(.chosen(best, figure: figure, among: trained))
    return best
  }

  private func register(
    _ chosen: TrainedCandidate, _ run: RunID, _ store: any RunStore, author: String?,
    _ observe: (TrainingEvent) -> Void
  ) async throws -> ModelVersion? {
    guard let author else { return nil }
    let registration = try await ModelRegistration(
      chosen.model, as: configuration.name, in: store, run: run,
      signature: Signature(by: author, because: "trained in run \(run)"))
    let version = registration.version
    observe(
      registration.isUnchanged
        ? .unchanged(version) : .registered(version, champion: registration.champion))
    return version
  }

  private func prefix(of candidate: String) -> String {
    configuration.candidates.count > 1 ? candidate + "/" : ""
  }

  /// `good 0.99, defect 0.01`
  private static func text(_ shares: [Balancing.ClassShare]) -> String {
    shares.map { "\($0.label) \(($0.share * 1e6).rounded() / 1e6)" }.joined(separator: ", ")
  }

  private func parameters(_ executor: any Executor) -> [String: ParameterValue] {
    let settings = configuration.training
    let parameters: [String: ParameterValue] = [
      "data": .text(configuration.data.path),
      "executor": .text(executor.name),
      "candidates": .text(configuration.candidates.map(\.name.text).joined(separator: ", ")),
      "epochs": .integer(settings.epochs),
      "batch_size": .integer(settings.batchSize),
      "accumulating_steps": .integer(settings.accumulatingSteps),
      "precision": .text(settings.precision.rawValue),
      "optimizer": .text(type(of: settings.optimizer.optimizer).kind),
      "loss": .text(type(of: settings.loss.loss).kind),
      "balance": .text(balancing.method.rawValue),
      "training_samples": .integer(balancing.train.count),
      "validation_samples": .integer(balancing.validation?.count ?? 0),
      "test_samples": .integer(data.test.count),
    ]
    guard !balancing.sharesBefore.isEmpty else { return parameters }
    return parameters.merging([
      "class_shares": .text(Self.text(balancing.sharesBefore)),
      "class_shares_learned": .text(Self.text(balancing.sharesAfter)),
    ]) { first, _ in first }
  }
}

extension TrainedCandidate {
  /// The epoch whose weights were kept, from 1 on.
  public var keptEpoch: Int { model.training?.keptEpoch ?? 0 }
}

extension Dataset.Signature {
  /// The type of one sample.
  var type: TensorType { TensorType(dtype, shape) }
}

extension Verdict {
  /// The figures by name, as runs record them.
  public var figures: [(name: String, value: Double)] {
    switch result {
    case .classes(_, let report): [("accuracy", report.accuracy.value), ("loss", loss)]
    case .numbers(let report):
      [
        ("mean_absolute_error", report.meanAbsoluteError.value),
        ("root_mean_squared_error", report.rootMeanSquaredError.value), ("loss", loss),
      ] + (report.r2.map { [("r2", $0.value)] } ?? [])
    case .labels(let report):
      [
        ("exact_match", report.exactMatch.value), ("hamming_loss", report.hammingLoss),
        ("loss", loss),
      ]
    }
  }
}

internal import Foundation
public import MoruArchive
internal import MoruData
internal import MoruGraph
internal import MoruInterop
internal import MoruLayers
internal import MoruMetrics
public import MoruModels
internal import MoruOptimizers
internal import MoruTensors
internal import MoruTraining

extension TrainingConfiguration {
  /// The models that candidates learn on, by the candidates' names; known networks are drawn for the
  /// data, by the run.
  ///
  /// - Parameter store: Opens the registry; not asked for files.
  /// - Throws: `WorkflowError.configuration` with line and column for a model, version or alias that is not
  ///   there, a file that is damaged or cannot be understood, and what is no name of a model.
  public func bases(
    in store: () throws -> any RunStore
  ) async throws -> [String: TrainedModel] {
    var bases: [String: TrainedModel] = [:]
    for (place, candidate) in candidates.enumerated() {
      guard let source = candidate.transfer?.base else { continue }
      let base: Result<TrainedModel?, any Error>
      do {
        base = .success(try await Self.model(of: source, in: store))
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        base = .failure(
          PlacedError(
            BaseNotRead(reason: "\(error)"),
            at: path(ofCandidate: place) + [TransferSettings.CodingKeys.base]))
      }
      bases[candidate.name.text] = try located { try base.get() }
    }
    return bases
  }

  /// Why there is no base to learn on.
  private struct BaseNotRead: Error, CustomStringConvertible {
    let reason: String

    var description: String { "the base cannot be read: \(reason)" }
  }

  /// The model that a source names; nil for a known network.
  private static func model(
    of source: BaseSource, in store: () throws -> any RunStore
  ) async throws -> TrainedModel? {
    switch source {
    case .model(let text) where BaseSource.isForeign(text):
      try readForPixels(URL(filePath: text))
    case .model(let text):
      try await ResolvedModel(ModelReference(parsing: text), store: store).model
    case .file(let path, let brightest?):
      try ModelFile.read(URL(filePath: path), ImportDetails(brightest: brightest))
    case .file(let path, nil): try readForPixels(URL(filePath: path))
    case .network: nil
    }
  }

  /// A model of another framework, which takes pictures of pixels from 0 to 255 if it can.
  private static func readForPixels(_ url: URL) throws -> TrainedModel {
    do {
      return try ModelFile.read(url, ImportDetails(brightest: 255))
    } catch InteropError.unusedDetail {
      return try ModelFile.read(url)
    }
  }
}

extension TrainingConfiguration.Candidate {
  /// The candidate as it learns from some data.
  ///
  /// - Parameters:
  ///   - base: What it learns on, unless that is a known network.
  ///   - path: The candidate's place in the configuration, for errors.
  /// - Throws: `PlacedError` if layers or base are not defined for the data; what reading a file throws.
  func draft(
    learningFrom samples: SampleSet, on base: TrainedModel?, _ settings: TrainingSettings,
    at path: [any CodingKey]
  ) throws -> CandidateDraft {
    guard let transfer else { return .layers(try layer(learningFrom: samples, at: path)) }
    do {
      let data = try samples.example()
      let model = try base ?? transfer.base.network(for: data)
      let source = try TransferBase(model, features: transfer.features)
      var learning = TransferLearning(
        base: source, head: layers.isEmpty ? nil : layers.map(\.layer),
        headStage: transfer.freeze ? settings.stage : nil)
      if !transfer.freeze {
        learning.fineTuning = FineTuning(blocks: nil, stage: settings.stage)
      } else if let tuning = transfer.fineTune {
        learning.fineTuning = FineTuning(
          blocks: tuning.blocks,
          stage: TrainingStage(
            epochs: tuning.epochs, batchSize: tuning.batchSize ?? settings.batchSize,
            accumulatingSteps: settings.accumulatingSteps, optimizer: tuning.optimizer.optimizer),
          rateDecay: tuning.rateDecay)
      }
      learning.objective = settings.objective
      let layer = try learning.layer(for: data)
      _ = try layer.declaration(inputs: data.signature.map(\.type))
      return .transfer(learning, transfer.similarity, reason: nil)
    } catch {
      throw PlacedError(
        BaseDoesNotFit(candidate: "\(name)", error: "\(error)"), at: path)
    }
  }

  /// Why a candidate cannot learn on its base.
  private struct BaseDoesNotFit: Error, CustomStringConvertible {
    let candidate: String
    let error: String

    var description: String { "candidate \"\(candidate)\": \(error)" }
  }
}

extension BaseSource {
  /// A known network without its top, for the shape of some samples, with the weights of a file.
  ///
  /// - Throws: `ZooError` or `LayerError` for a network that is not known, does not take the samples, or
  ///   does not have the file's weights.
  fileprivate func network(for data: Dataset) throws -> TrainedModel {
    guard case .network(let name, let file) = self else { throw WorkflowError.noBase }
    return try NetworkFile.features(
      URL(filePath: file), network: name, inputShape: data.signature[0].shape)
  }
}

extension TrainingSettings {
  fileprivate var objective: Objective {
    Objective(loss: loss.loss, metrics: metrics.map(\.metric))
  }

  /// How a head is trained.
  var stage: TrainingStage {
    TrainingStage(
      epochs: epochs, batchSize: batchSize, accumulatingSteps: accumulatingSteps,
      optimizer: optimizer.optimizer)
  }

  /// A transfer with everything else that is set for all candidates.
  func transfer(
    _ transfer: TransferLearning, watchedOn validation: Validation, classWeight: [Int: Double]?,
    callbacks: [any Callback], on executor: any Executor
  ) -> TransferLearning {
    var transfer = transfer
    transfer.objective = objective
    if transfer.headStage != nil { transfer.headStage = stage }
    transfer.headStage?.callbacks = callbacks
    transfer.fineTuning?.stage.callbacks = callbacks
    transfer.validation = validation
    transfer.classWeight = classWeight
    transfer.augmentation = augmentation.map(\.augmentation)
    transfer.precision = precision
    transfer.executor = executor
    return transfer
  }
}

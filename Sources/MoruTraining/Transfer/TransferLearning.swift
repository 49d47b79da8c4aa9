public import Foundation
import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors

/// A new task on what a network has learned from another: the base stays as it is while a new head is
/// trained on its features; then, if wanted, the last blocks of the base are tuned in small steps. What
/// comes out is one model.
///
/// ```swift
/// let transfer = try TransferLearning(base: TransferBase(.load("photos.moru")))
/// let tomatoes = try await transfer.fit(photos, seed: 0)
/// ```
///
/// Features are computed once, without dropout and with the statistics of the base, so that an epoch of the
/// head takes next to no time; with `augmentation`, and where training is watched on a stream, they are
/// computed in each step.
///
/// Of both stages the better model is kept where `EarlyStopping` with `restoreBestWeights` watches the
/// tuning: if no epoch of it was better than the one whose weights the head's stage kept, those stay.
///
/// - Source: Yosinski et al. 2014, arXiv:1411.1792; Donahue et al. 2013, arXiv:1310.1531.
public struct TransferLearning: Learner {
  public var name = "transfer learning"
  /// What stays.
  public var base: TransferBase
  /// The layers that tell the new classes apart; by the targets if nil: the mean of each map, and a
  /// `Dense` layer with `softmax` for classes, `sigmoid` for sets of labels, or nothing for numbers.
  public var head: [any Layer]?
  /// What is made small and reported; by the targets if nil.
  public var objective: Objective?
  /// How the head is trained while the base stays; if nil, it starts with the tuning.
  public var headStage: TrainingStage?
  /// How the last blocks are trained then; not at all if nil.
  public var fineTuning: FineTuning?
  /// What training is watched on.
  public var validation = Validation.none
  /// How much samples of a class count; 1 for classes not named.
  public var classWeight: [Int: Double]?
  /// Random changes of the samples that are learned from.
  public var augmentation: [any Augmentation] = []
  /// A folder where features are kept for later fits, each by the checksum of base and samples; nowhere
  /// if nil.
  public var featureFolder: URL?
  /// In which types a step computes.
  public var precision = PrecisionPolicy.float32
  /// Where it is trained.
  public var executor: any Executor = .cpu

  /// A new head on a base, trained with Adam in steps of 10⁻² that fall to 0, unless told otherwise.
  public init(
    base: TransferBase, head: [any Layer]? = nil,
    headStage: TrainingStage? = TrainingStage(
      epochs: 100, optimizer: .adam(learningRate: .cosineDecay(initial: 0.01))),
    fineTuning: FineTuning? = nil
  ) {
    self.base = base
    self.head = head
    self.headStage = headStage
    self.fineTuning = fineTuning
  }

  /// Trains the head, and the last blocks.
  ///
  /// - Throws: `TrainingError` for samples that the base does not take, targets that need a head of their
  ///   own, and settings out of range; what training throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    try await fit(SampleSet(data), seed: seed)
  }

  /// Trains the head, and the last blocks, on samples in memory or in files.
  ///
  /// - Throws: As for samples in memory; what reading a file throws.
  public func fit(_ samples: SampleSet, seed: Seed) async throws -> TrainedModel {
    let task = try TransferTask(self, of: samples)
    let (train, watched) = try validation.parts(of: samples, seed: seed)
    guard headStage != nil || fineTuning != nil else { throw TrainingError.nothingToTrain }
    let isStreamed = if case .stream = watched { true } else { false }
    let model =
      switch headStage {
      case nil: try task.untrained(for: train, seed: seed)
      case let stage? where augmentation.isEmpty && !isStreamed:
        try await task.headOnFeatures(stage, of: train, watched, seed: seed)
      case let stage?: try await task.headInPlace(stage, of: train, watched, seed: seed)
      }
    guard let fineTuning else { return model }
    return try await task.tuned(model, fineTuning, on: train, watched, seed: seed)
  }

  /// The samples with the base's features in place of what they show.
  ///
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take, `.severalFeatures` for
  ///   such of more than one; `ArchiveError` for a folder that cannot be used.
  public func features(of data: Dataset) async throws -> Dataset {
    let samples = SampleSet(data)
    return try await FeatureExtraction(self, of: samples).features(of: samples)
  }

  /// The layers from samples to answers, as they are while the head is trained.
  ///
  /// - Throws: As `fit`.
  public func layer(for data: Dataset) throws -> any Layer {
    try TransferTask(self, of: SampleSet(data)).layer()
  }
}

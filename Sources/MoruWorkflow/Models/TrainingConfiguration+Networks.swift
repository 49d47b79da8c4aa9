internal import MoruArchive
public import MoruData
public import MoruLayers
internal import MoruOptimizers
public import MoruTraining

extension TrainingConfiguration {
  /// A candidate as a network by itself.
  public struct Network: Sendable {
    /// The candidate's name.
    public let name: String
    /// What learns.
    public let layer: any Layer
    /// How it is trained.
    public let stage: TrainingStage
    /// Random changes of the samples that are learned from.
    public let augmentation: [any Augmentation]
  }

  /// The candidates as networks that are to learn from other data than the configuration's own, such as
  /// students of a model, with epochs, batch size, optimizer and augmentation as the configuration says.
  ///
  /// - Throws: `WorkflowError.configuration` naming line and column of layers that are not defined for the
  ///   data, of a candidate that learns on what was trained before, and of augmentations that change the
  ///   samples' size.
  public func networks(learningFrom data: Dataset) throws -> [Network] {
    try located {
      let samples = SampleSet(data)
      try training.checkAugmentation(of: samples)
      return try candidates.enumerated().map { place, candidate in
        guard candidate.transfer == nil else {
          throw PlacedError(
            ConfigurationError.outOfRange(
              "base", in: "\(candidate.name)", allowed: "left out: the network starts anew"),
            at: path(ofCandidate: place))
        }
        return Network(
          name: candidate.name.text,
          layer: try candidate.layer(learningFrom: samples, at: path(ofCandidate: place)),
          stage: TrainingStage(
            epochs: training.epochs, batchSize: training.batchSize,
            accumulatingSteps: training.accumulatingSteps,
            optimizer: training.optimizer.optimizer),
          augmentation: training.augmentation.map(\.augmentation))
      }
    }
  }
}

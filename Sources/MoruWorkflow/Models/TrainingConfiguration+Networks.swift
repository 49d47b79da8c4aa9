internal import MoruArchive
public import MoruData
internal import MoruGraph
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
    /// Whether the loss of the configuration takes its answers for logits, not for probabilities.
    public let takesLogits: Bool
    /// How it is trained.
    public let stage: TrainingStage
    /// Random changes of the samples that are learned from.
    public let augmentation: [any Augmentation]
  }

  /// The candidates as networks that are to learn from other data than the configuration's own, such as
  /// students of a model, with epochs, batch size, optimizer and augmentation as the configuration says.
  ///
  /// - Throws: `WorkflowError.configuration` naming line and column of layers that are not defined for the
  ///   data, of a candidate that learns on what was trained before, of augmentations that change the
  ///   samples' size, and of settings that such networks are not trained by.
  public func networks(learningFrom data: Dataset) throws -> [Network] {
    try located {
      try training.checkNetworks()
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
          takesLogits: training.loss.loss.takesLogits,
          stage: TrainingStage(
            epochs: training.epochs, batchSize: training.batchSize,
            accumulatingSteps: training.accumulatingSteps,
            optimizer: training.optimizer.optimizer),
          augmentation: training.augmentation.map(\.augmentation))
      }
    }
  }
}

extension TrainingSettings {
  /// Refuses settings that would be passed over, since whoever trains the networks does not know them.
  ///
  /// - Throws: `PlacedError`.
  fileprivate func checkNetworks() throws {
    let settings: [(name: String, isSet: Bool)] = [
      ("precision", precision != .float32), ("classWeight", classWeight != nil),
      ("balance", balance != .automatic && balance != .none), ("costs", costs != nil),
      ("earlyStopping", earlyStopping != nil), ("backupAndRestore", backupAndRestore != nil),
      ("tensorBoard", tensorBoard != nil),
    ]
    for setting in settings where setting.isSet {
      throw PlacedError(
        ConfigurationError.outOfRange(
          setting.name, in: "training",
          allowed: "left out of a student's file: students are trained without it"),
        at: ["training", setting.name].map(AnyKey.init(stringValue:)))
    }
  }
}

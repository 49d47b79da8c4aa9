internal import MoruData
internal import MoruGraph
internal import MoruLayers
internal import MoruModels
internal import MoruTensors
internal import MoruTraining

/// A candidate that fits the data.
enum CandidateDraft: Sendable {
  /// Layers that start anew.
  case layers(any Layer)
  /// A head on a base. The similarity is still to be heeded if it is not nil; `reason` says what came of
  /// that.
  case transfer(TransferLearning, SimilarityChoice?, reason: String?)

  /// The same candidate with base and tuning by the strategy that its similarity calls for.
  func decided(
    for data: SampleSet, _ settings: TrainingSettings, seed: Seed
  ) async throws -> CandidateDraft {
    guard case .transfer(let transfer, let choice?, _) = self else { return self }
    var lines: [String] = []
    let similarity: TransferStrategy.Similarity
    switch choice {
    case .similar: similarity = .similar
    case .different: similarity = .different
    case .estimate:
      let estimate = try await SimilarityEstimate(of: data, on: transfer.base, seed: seed)
      lines.append("\(estimate)")
      similarity = estimate.similarity
    }
    let strategy = TransferStrategy(for: data.known, on: transfer.base, similarity: similarity)
    lines.append("\(strategy)")
    var following = try TransferLearning(
      base: transfer.base, following: strategy, head: transfer.head)
    following.fineTuning?.stage.batchSize = settings.batchSize
    following.fineTuning?.stage.accumulatingSteps = settings.accumulatingSteps
    return .transfer(following, nil, reason: lines.joined(separator: " "))
  }

  /// A table of the layers, as they are while the head learns.
  func summary(for samples: SampleSet) throws -> String {
    let data = try samples.example()
    let layer =
      switch self {
      case .layers(let layer): layer
      case .transfer(let transfer, _, _): try transfer.layer(for: data)
      }
    return try layer.summary(inputs: data.signature.map(\.type))
  }

  /// How many epochs are allowed in all.
  func epochs(_ settings: TrainingSettings) -> Int {
    guard case .transfer(let transfer, _, _) = self, let tuning = transfer.fineTuning else {
      return settings.epochs
    }
    return tuning.stage.epochs + (transfer.headStage == nil ? 0 : settings.epochs)
  }
}

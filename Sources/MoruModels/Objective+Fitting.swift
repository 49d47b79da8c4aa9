import MoruLayers

extension Objective {
  /// What a model is judged by that comes without a record of its training: for each output the loss
  /// that goes with what it means, the cross-entropy of classes and labels, the mean squared error of a
  /// number. Nil if no output says what it means.
  public init?(fitting outputs: [ModelOutput]) {
    let losses = outputs.compactMap { output in
      Self.loss(of: output.meaning).map { (output.name, $0) }
    }
    guard let first = losses.first else { return nil }
    if outputs.count == 1 {
      self.init(loss: first.1)
    } else {
      self.init(losses: Dictionary(losses) { first, _ in first })
    }
  }

  private static func loss(of meaning: OutputMeaning) -> (any Loss)? {
    switch meaning {
    case .probabilities: .sparseCategoricalCrossentropy
    case .scores: .sparseCategoricalCrossentropy(fromLogits: true)
    case .probability, .labelSet: .binaryCrossentropy
    case .value: .meanSquaredError
    case .forecast(let quantiles): .pinball(quantiles: quantiles)
    case .numbers: nil
    }
  }
}

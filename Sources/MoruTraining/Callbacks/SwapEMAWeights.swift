/// Validates with the running means of the weights, which an optimizer keeps that is `averaging()`.
///
/// Put it before callbacks that save the model, so that they save the means where these are in the
/// weights' place.
public struct SwapEMAWeights: Callback {
  private let swapOnEpoch: Bool

  /// Puts the running means in the weights' place during validation.
  ///
  /// - Parameter swapOnEpoch: Whether they stay there from the end of each epoch to the beginning of
  ///   the next, so that checkpoints hold them.
  public init(swapOnEpoch: Bool = false) { self.swapOnEpoch = swapOnEpoch }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    guard training.keepsMeans else {
      throw TrainingError.callback(
        "swapEMAWeights", reason: "the optimizer keeps no running means of the weights",
        remedy: "Train with such as .adam().averaging().")
    }
  }

  public mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    if training.holdsMeans { try await training.swapMeans() }
  }

  public mutating func validationBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    if !training.holdsMeans { try await training.swapMeans() }
  }

  public mutating func validationEnded(
    _ figures: [String: Double], _ training: TrainingControl
  ) async throws {
    if training.holdsMeans { try await training.swapMeans() }
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    if swapOnEpoch, !training.holdsMeans { try await training.swapMeans() }
  }
}

extension Callback where Self == SwapEMAWeights {
  /// Validates with the running means of the weights, which an optimizer keeps that is
  /// `averaging()`.
  public static func swapEMAWeights(swapOnEpoch: Bool = false) -> Self {
    .init(swapOnEpoch: swapOnEpoch)
  }
}

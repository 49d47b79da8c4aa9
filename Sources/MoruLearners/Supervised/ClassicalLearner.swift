import Dispatch
public import MoruData
public import MoruModels
public import MoruTensors

/// A learner that computes by itself on the processor, without an executor.
public protocol ClassicalLearner: Learner {
  /// Learns from samples, on the thread that asks.
  ///
  /// - Throws: `LearnerError` if the samples are not what the recipe takes.
  func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel
}

extension ClassicalLearner {
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    // Seconds of arithmetic would hold up every other task on the threads that tasks share.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try learn(data, seed: seed) })
      }
    }
  }
}

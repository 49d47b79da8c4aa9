public import Foundation
public import MoruData
public import MoruModels
public import MoruTensors

/// What smaller successors of a model learn from, and what they are judged on.
public struct CompressionData: Sendable {
  /// What they learn from.
  public let learned: Dataset
  /// What they and the model are judged on.
  public let judged: Dataset

  /// Reads data as the model's own preprocessing says. Without others to judge on, IDX files are judged on
  /// their test part, and of all else a part is set aside.
  ///
  /// - Parameters:
  ///   - url: What is learned from.
  ///   - other: What is judged on, if that is something else.
  ///   - test: The share that is set aside otherwise, between 0 and 1.
  ///   - seed: Decides which samples that are.
  /// - Throws: As `Dataset.forEvaluation(of:at:)`; `DataError` for too few samples to set any aside.
  public init(
    for model: TrainedModel, at url: URL, judgedOn other: URL?, test: Double, seed: Seed
  ) throws {
    let all = try Dataset.forTraining(of: model, at: url)
    if let other {
      (learned, judged) = (all, try .forEvaluation(of: model, at: other))
    } else if try DataFormat.find(at: url) == .idx {
      (learned, judged) = (all, try .forEvaluation(of: model, at: url))
    } else {
      let parts = try all.trainTestSplit(
        testFraction: test, stratified: all.labels != nil, seed: seed)
      (learned, judged) = (parts.train, parts.test)
    }
  }
}

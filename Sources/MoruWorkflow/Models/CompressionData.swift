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

  /// Reads data as the model's own preprocessing says. Of IDX files, and of folders of pictures that come in
  /// parts, the training part is learned from. Without others to judge on, their test part is judged on; where
  /// there is none, a share is set aside.
  ///
  /// - Parameters:
  ///   - url: What is learned from.
  ///   - other: What is judged on, if that is something else.
  ///   - test: The share that is set aside otherwise, between 0 and 1.
  ///   - seed: Decides which samples that are.
  /// - Throws: As `Dataset.forEvaluation(of:at:)`; `DataError` for too few samples to set any aside;
  ///   `WorkflowError.unfit` for parts of pictures of which none is for training.
  public init(
    for model: TrainedModel, at url: URL, judgedOn other: URL?, test: Double, seed: Seed
  ) throws {
    let format = try DataFormat.find(at: url)
    let pictures = try format == .images ? PartedPictures(at: url) : nil
    let all = try Dataset.forTraining(of: model, at: pictures?.learned ?? url)
    if let place = other ?? (format == .idx ? url : pictures?.test) {
      (learned, judged) = (all, try .forEvaluation(of: model, at: place))
    } else {
      let parts = try all.trainTestSplit(
        testFraction: test, stratified: all.labels != nil, seed: seed)
      (learned, judged) = (parts.train, parts.test)
    }
  }
}

public import Foundation
public import MoruArchive
public import MoruModels

/// What a training run has to tell while it goes on, in this order.
public enum TrainingEvent: Sendable {
  /// A run was begun in the workspace.
  case began(RunID)
  /// What anything has to beat on the test part.
  case baseline(Baseline)
  /// A candidate is about to be trained; its layers as a table.
  case candidate(String, summary: String)
  /// On which blocks a candidate is about to learn, first to last, and why if that was found out.
  case transfer(String, blocks: [String], reason: String?)
  /// A candidate is trained.
  case trained(TrainedCandidate, epochsAsked: Int)
  /// One of several candidates was chosen by a figure on the validation part.
  case chosen(TrainedCandidate, figure: String, among: [TrainedCandidate])
  /// The test part is about to be looked at, for the last time of these.
  case testRead(TestReads)
  /// How good the chosen one is on the test part.
  case verdict(Verdict, beside: Baseline)
  /// Charts and configuration were written.
  case files(folder: URL, names: [String])
  /// The newest version is this model already, byte for byte; nothing was registered.
  case unchanged(ModelVersion)
  /// A version was registered; `champion` is the number of the version of that alias.
  case registered(ModelVersion, champion: Int)
}

/// A candidate after its training.
public struct TrainedCandidate: Sendable {
  /// Its name in the configuration.
  public let name: String
  /// The model with its record.
  public let model: TrainedModel
  /// Time from the first preparation to the last epoch's end, in seconds.
  public let seconds: Double
  /// Mean time of an epoch's steps, validation left out, in seconds.
  public let secondsPerEpoch: Double

  /// The figures of the epoch whose weights were kept.
  public var keptFigures: [String: Double] {
    guard let record = model.training,
      let epoch = record.epochs.first(where: { $0.number == record.keptEpoch })
    else { return [:] }
    return epoch.figures
  }
}

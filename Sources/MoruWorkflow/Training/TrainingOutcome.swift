public import Foundation
public import MoruArchive

/// What a training run came to.
public struct TrainingOutcome: Sendable {
  /// The run in the workspace.
  public let run: RunID
  /// The candidate that was kept.
  public let candidate: TrainedCandidate
  /// The version that was registered; nil if none was to be.
  public let version: ModelVersion?
  /// How unbalanced classes were made up for.
  public let balance: BalanceMethod
  /// How good it is on the test part.
  public let verdict: Verdict
  /// How often the test part was looked at, this time included.
  public let testReads: TestReads
  /// What it had to beat.
  public let baseline: Baseline
  /// Where charts and configuration are.
  public let folder: URL
}

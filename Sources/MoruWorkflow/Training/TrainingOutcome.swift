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
  /// Each class's share of the training part, as it was found and as it was learned from.
  public let classShares: (before: [Balancing.ClassShare], after: [Balancing.ClassShare])
  /// How good it is on the test part.
  public let verdict: Verdict
  /// How often the test part was looked at, this time included.
  public let testReads: TestReads
  /// What it had to beat.
  public let baseline: Baseline
  /// Where charts and configuration are.
  public let folder: URL
}

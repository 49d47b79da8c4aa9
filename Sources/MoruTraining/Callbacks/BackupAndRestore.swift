import Foundation

/// Keeps everything that a training needs to go on in a file, and goes on from there if it was
/// interrupted.
///
/// The file holds weights, optimizer state, the seed, how far the training has come, its figures,
/// and what the other callbacks must remember, and is replaced in one step. A training that is
/// started again with the same data, settings and callbacks ends with the weights and figures, bit
/// for bit, that it would have had if nothing had interrupted it.
public struct BackupAndRestore: Callback {
  private let plan: BackupPlan

  /// Keeps the state of a training in the file `path`.
  ///
  /// - Parameters:
  ///   - path: The file, such as `digits.backup`; its folder is made if missing.
  ///   - frequency: When it is written: after each epoch, or after so many steps.
  ///   - deletesBackup: Whether the file is removed when the training ends by itself.
  public init(_ path: String, frequency: SaveFrequency = .epoch, deletesBackup: Bool = true) {
    plan = BackupPlan(url: URL(filePath: path), frequency: frequency, isKept: !deletesBackup)
  }

  public var stepInterval: Int? { plan.frequency.interval }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try plan.frequency.check("backupAndRestore")
    training.backUp(plan)
  }
}

extension Callback where Self == BackupAndRestore {
  /// Keeps everything that a training needs to go on in the file `path`, and goes on from there if
  /// it was interrupted.
  public static func backupAndRestore(
    _ path: String, frequency: SaveFrequency = .epoch, deletesBackup: Bool = true
  ) -> Self {
    .init(path, frequency: frequency, deletesBackup: deletesBackup)
  }
}

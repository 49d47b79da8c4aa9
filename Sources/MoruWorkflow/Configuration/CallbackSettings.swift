internal import Foundation
internal import MoruArchive
public import MoruTraining

/// When a training ends before its last epoch.
public struct EarlyStoppingSettings: Codable, Sendable, Equatable {
  /// The figure that is watched.
  public var monitor: String
  /// Epochs without a gain before the end, at least 1.
  public var patience: Int
  /// What a gain must be more than, at least 0, in the figure's unit.
  public var minDelta: Double
  /// Which values of the figure are better.
  public var mode: MonitorMode
  /// A value that is to be better than within `patience` epochs; none if nil.
  public var baseline: Double?
  /// How many epochs pass before the watch begins, at least 0.
  public var startFromEpoch: Int
  /// Whether the best epoch's weights are put back at the end.
  public var restoreBestWeights: Bool

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case monitor, patience, minDelta, mode, baseline, startFromEpoch, restoreBestWeights
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "earlyStopping")
    monitor = try fields.value(.monitor, default: "val_loss")
    patience = try fields.positive(.patience, default: 1)
    minDelta = try fields.number(.minDelta, default: 0, in: 0...1e9)
    mode = try fields.value(.mode, default: .auto)
    baseline = try fields.optional(.baseline)
    startFromEpoch = try fields.value(.startFromEpoch, default: 0)
    guard startFromEpoch >= 0 else {
      throw fields.outOfRange(.startFromEpoch, "at least 0, not \(startFromEpoch)")
    }
    restoreBestWeights = try fields.value(.restoreBestWeights, default: false)
  }
}

/// Where trainings keep what they need to go on after an interruption.
public struct BackupSettings: Codable, Sendable, Equatable {
  /// The folder of the candidates' files, `NAME.backup`; in a file relative to that file.
  public var folder: String
  /// When they are written.
  public var frequency: SaveFrequency
  /// Whether they are removed when the run ends by itself.
  public var deletesBackup: Bool

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case folder, frequency, deletesBackup
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "backupAndRestore")
    folder = try fields.required(.folder)
    frequency = try fields.frequency(.frequency)
    deletesBackup = try fields.value(.deletesBackup, default: true)
  }

  /// The file of a candidate.
  func path(of candidate: String) -> String {
    URL(filePath: folder).appending(path: candidate + ".backup").path
  }
}

/// Where figures for TensorBoard are written, and how often.
public struct TensorBoardSettings: Codable, Sendable, Equatable {
  /// The folder of the candidates' folders; in a file relative to that file.
  public var folder: String
  /// After how many epochs weights' histograms are written each time; 0 for never.
  public var histogramFrequency: Int
  /// Whether figures are also written between epochs, after so many steps.
  public var updateFrequency: SaveFrequency

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case folder, histogramFrequency, updateFrequency
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "tensorBoard")
    folder = try fields.required(.folder)
    histogramFrequency = try fields.value(.histogramFrequency, default: 0)
    guard histogramFrequency >= 0 else {
      throw fields.outOfRange(.histogramFrequency, "at least 0, not \(histogramFrequency)")
    }
    updateFrequency = try fields.frequency(.updateFrequency)
  }
}

extension Fields {
  /// When something is saved; after each epoch if it is left out.
  fileprivate func frequency(_ key: Key) throws -> SaveFrequency {
    let frequency: SaveFrequency = try value(key, default: .epoch)
    if case .steps(let count) = frequency, count < 1 {
      throw outOfRange(key, "epoch or a number of steps of at least 1, not \(count)")
    }
    return frequency
  }
}

extension TrainingSettings {
  /// The callbacks that are asked for, in the training of a candidate.
  func callbacks(for candidate: String) -> [any Callback] {
    var callbacks: [any Callback] = []
    if let earlyStopping {
      callbacks.append(
        .earlyStopping(
          monitor: earlyStopping.monitor, minDelta: earlyStopping.minDelta,
          patience: earlyStopping.patience, mode: earlyStopping.mode,
          baseline: earlyStopping.baseline, restoreBestWeights: earlyStopping.restoreBestWeights,
          startFromEpoch: earlyStopping.startFromEpoch))
    }
    if let tensorBoard {
      callbacks.append(
        .tensorBoard(
          URL(filePath: tensorBoard.folder).appending(path: candidate).path,
          histogramFrequency: tensorBoard.histogramFrequency,
          updateFrequency: tensorBoard.updateFrequency))
    }
    if let backupAndRestore {
      // Removed when the whole run has ended.
      callbacks.append(
        .backupAndRestore(
          backupAndRestore.path(of: candidate), frequency: backupAndRestore.frequency,
          deletesBackup: false))
    }
    return callbacks
  }
}

import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruTensors

/// How far a training has come.
struct TrainingPosition: Codable, Sendable, Equatable {
  /// The epoch under way, from 1 on.
  var epoch: Int
  /// Steps done in it.
  var step = 0
  /// The sum of their losses.
  var totalLoss = 0.0
  /// The epochs before.
  var reports: [EpochReport] = []
  /// Where the next batch is, if batches are streamed.
  var stream: StreamPosition?
}

/// Where and when a training is backed up.
struct BackupPlan: Sendable {
  let url: URL
  let frequency: SaveFrequency
  let isKept: Bool
}

/// Everything that an interrupted training needs to go on bit for bit: one file, written in one
/// step.
struct Backup: Sendable {
  /// What changes from step to step, in the order of the training's state, and what callbacks did.
  struct State: Sendable {
    let values: [HostTensor]
    let keptEpoch: Int?
    let holdsMeans: Bool
  }

  /// What must be the same for a training to go on as if it had not stopped.
  struct Identity: Codable, Equatable {
    let seed: UInt64
    let dataChecksum: String
    let batchSize: Int
    let stepsPerEpoch: Int
    let accumulatingSteps: Int
    /// Float32 in backups from before that was a choice.
    let precision: PrecisionPolicy?
    let optimizer: String
    let objective: String
    let callbacks: [String]
    /// Path, type and kind of each weight.
    let weights: [String]
  }

  let identity: Identity
  let position: TrainingPosition
  let state: State
  /// The memory of each callback, in their order.
  let memories: [[String: HostTensor]]

  private static let key = "moru.backup"

  private struct Description: Codable {
    var formatVersion = 1
    let identity: Identity
    let position: TrainingPosition
    let keptEpoch: Int?
    let holdsMeans: Bool
    let valueCount: Int
  }

  /// Writes the file.
  ///
  /// - Throws: `ArchiveError` if it cannot be written; an earlier one stays.
  func write(to url: URL) throws {
    var tensors: [String: HostTensor] = [:]
    for (place, value) in state.values.enumerated() { tensors["state/\(place)"] = value }
    for (place, memory) in memories.enumerated() {
      for (name, value) in memory { tensors["callbacks/\(place)/\(name)"] = value }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // A loss that is not a number is kept as such: JSON has no word for it.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let description = try encoder.encode(
      Description(
        identity: identity, position: position, keptEpoch: state.keptEpoch,
        holdsMeans: state.holdsMeans, valueCount: state.values.count))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try SafeTensors.write(
      tensors, metadata: [Self.key: String(decoding: description, as: UTF8.self)], to: url)
  }
}

extension Backup {
  /// The backup in a file; nil if there is none.
  ///
  /// - Throws: `TrainingError.backup` for a file that is not the backup of such a training;
  ///   `ArchiveError` for one that is damaged.
  init?(at url: URL, of identity: Identity) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    func refusal(_ reason: String) -> TrainingError { .backup(path: url.path, reason: reason) }
    let file = try SafeTensors(opening: url)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let text = file.metadata[Self.key],
      let description = try? decoder.decode(Description.self, from: Data(text.utf8)),
      description.formatVersion == 1
    else { throw refusal("it is not the backup of a training, or of a later version") }
    if let difference = identity.difference(from: description.identity) {
      throw refusal("it is of a training with \(difference)")
    }
    let tensors = try file.tensors()
    let values = (0..<max(description.valueCount, 0)).compactMap { tensors["state/\($0)"] }
    guard values.count == description.valueCount else { throw refusal("values are missing") }
    self.identity = identity
    position = description.position
    state = State(
      values: values, keptEpoch: description.keptEpoch, holdsMeans: description.holdsMeans)
    memories = identity.callbacks.indices.map { place in
      let prefix = "callbacks/\(place)/"
      return Dictionary(
        uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix(prefix) }
          .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }
  }
}

extension Backup.Identity {
  /// In what another training differs from this one, in words; nil if in nothing.
  fileprivate func difference(from other: Self) -> String? {
    if other.dataChecksum != dataChecksum { return "other data" }
    if other.weights != weights { return "another model" }
    if other.seed != seed { return "seed \(other.seed), not \(seed)" }
    if other.batchSize != batchSize { return "batchSize \(other.batchSize), not \(batchSize)" }
    if other.stepsPerEpoch != stepsPerEpoch {
      return "\(other.stepsPerEpoch) steps in an epoch, not \(stepsPerEpoch)"
    }
    if other.accumulatingSteps != accumulatingSteps {
      return "accumulatingSteps \(other.accumulatingSteps), not \(accumulatingSteps)"
    }
    let precisions = (other.precision ?? .float32, precision ?? .float32)
    if precisions.0 != precisions.1 {
      return "precision \(precisions.0.rawValue), not \(precisions.1.rawValue)"
    }
    if other.optimizer != optimizer { return "another optimizer or other settings of it" }
    if other.objective != objective { return "another loss or other metrics" }
    if other.callbacks != callbacks {
      return "the callbacks \(other.callbacks.joined(separator: ", ")), "
        + "not \(callbacks.joined(separator: ", "))"
    }
    return nil
  }
}

/// When something is saved: in files `epoch` or a number of steps.
public enum SaveFrequency: Hashable, Sendable {
  /// After each epoch.
  case epoch
  /// After each so many steps, at least 1, counted from the first step of the training on.
  case steps(Int)

  /// What `Callback.stepInterval` must be.
  var interval: Int? {
    if case .steps(let count) = self { count } else { nil }
  }

  /// Whether it is due after this many steps.
  func isDue(after steps: Int) -> Bool {
    if case .steps(let count) = self { steps.isMultiple(of: count) } else { false }
  }

  /// - Throws: `TrainingError.outOfRange` for a number of steps below 1.
  func check(_ name: String) throws(TrainingError) {
    if case .steps(let count) = self, count < 1 {
      throw .outOfRange("\(name)'s frequency", allowed: "at least 1 step")
    }
  }
}

extension SaveFrequency: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let steps = try? container.decode(Int.self) {
      self = .steps(steps)
      return
    }
    let word = try container.decode(String.self)
    guard word == "epoch" else {
      throw PlacedError(
        ConfigurationError.unknown(word, of: "frequency", among: ["epoch"]),
        at: decoder.codingPath)
    }
    self = .epoch
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .epoch: try container.encode("epoch")
    case .steps(let count): try container.encode(count)
    }
  }
}

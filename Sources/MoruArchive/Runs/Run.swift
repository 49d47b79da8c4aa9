public import Foundation

/// What identifies a run: `20261121-040312-k3f9`, its start in UTC and four random letters, so
/// that names sort by time.
public struct RunID: Hashable, Comparable, Sendable, Codable, RawRepresentable,
  CustomStringConvertible
{
  /// The text.
  public let rawValue: String

  /// An identity read from somewhere; whether there is such a run, the store knows.
  public init(rawValue: String) { self.rawValue = rawValue }

  public static func < (first: RunID, second: RunID) -> Bool { first.rawValue < second.rawValue }
  public var description: String { rawValue }
}

/// How a run stands.
public enum RunStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// Its process is at work.
  case running
  /// It ended as it should.
  case finished
  /// It ended with an error.
  case failed
  /// Its process died; the run can be resumed.
  case interrupted
}

/// The value of a parameter of a run.
public enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
  case text(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)

  public var description: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    }
  }
}

/// Where the results of a run come from.
public struct Lineage: Hashable, Sendable {
  /// SHA-256 of the data that was read.
  public var dataChecksum: Checksum?
  /// The seed of all its random numbers.
  public var seed: UInt64?
  /// The version of the program, such as `0.1.0` or a commit.
  public var codeVersion: String?

  /// A lineage of what is known.
  public init(dataChecksum: Checksum? = nil, seed: UInt64? = nil, codeVersion: String? = nil) {
    self.dataChecksum = dataChecksum
    self.seed = seed
    self.codeVersion = codeVersion
  }
}

/// A training, evaluation or search that was recorded.
public struct Run: Hashable, Sendable, Identifiable {
  /// Its identity.
  public let id: RunID
  /// What a person calls it; need not be unique.
  public let name: String
  /// How it stands.
  public let status: RunStatus
  /// What it was started with; never changes.
  public let parameters: [String: ParameterValue]
  /// Where its results come from; never changes.
  public let lineage: Lineage
  /// When it was started, to the millisecond.
  public let startedAt: Date
  /// When it finished or failed.
  public let endedAt: Date?
  /// Why it failed.
  public let failure: String?

  /// A run as a store knows it.
  public init(
    id: RunID, name: String, status: RunStatus, parameters: [String: ParameterValue],
    lineage: Lineage, startedAt: Date, endedAt: Date?, failure: String?
  ) {
    self.id = id
    self.name = name
    self.status = status
    self.parameters = parameters
    self.lineage = lineage
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.failure = failure
  }
}

/// One value of a metric.
public struct MetricPoint: Hashable, Sendable {
  /// The metric, such as `loss` or `val_accuracy`.
  public let name: String
  /// The epoch or update at which it was measured, as the run counts.
  public let step: Int
  /// The value; NaN and infinity are kept.
  public let value: Double

  /// The value of the metric `name` at `step`.
  public init(_ name: String, step: Int, value: Double) {
    self.name = name
    self.step = step
    self.value = value
  }
}

/// A file that a run made, kept in the workspace by its checksum.
public struct RunArtifact: Hashable, Sendable {
  /// What the run calls it, such as `confusion.svg`.
  public let name: String
  /// Names its bytes: `Workspace.loadArtifact` gives them.
  public let checksum: Checksum

  /// An artifact of a file that `Workspace.storeArtifact` has kept.
  public init(name: String, checksum: Checksum) {
    self.name = name
    self.checksum = checksum
  }
}

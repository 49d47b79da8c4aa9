public import Foundation
public import MoruArchive

/// Who has looked at a test set. Each look makes the next verdict on it a little too hopeful, since
/// what was seen guides what is tried next; so every one is counted, in the workspace.
public struct TestReads: Codable, Sendable, Equatable {
  /// One look.
  public struct Read: Codable, Sendable, Equatable {
    /// When.
    public let date: Date
    /// A run, or a model that was evaluated.
    public let reader: String
  }

  /// All looks, oldest first.
  public private(set) var reads: [Read] = []

  /// How often the test set was looked at.
  public var count: Int { reads.count }

  /// Counts a look at a test set, and returns all so far.
  ///
  /// Test sets are told apart by what they hold, wherever they were read. Several processes may count
  /// at once.
  ///
  /// - Parameters:
  ///   - reader: A run, or a model that was evaluated.
  ///   - test: The test set's `contentHash()`.
  /// - Throws: `ArchiveError` if it cannot be written.
  public static func record(
    _ reader: String, of test: Checksum, in workspace: Workspace, at date: Date = Date()
  ) throws -> TestReads {
    let name = test.hex + ".json"
    let folder = try workspace.makeTestsFolder()
    let lock = try ProcessLock.waiting(for: folder)
    defer { withExtendedLifetime(lock) {} }
    let file = folder.appending(path: name)
    var known = TestReads()
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    (encoder.dateEncodingStrategy, decoder.dateDecodingStrategy) = (.iso8601, .iso8601)
    if FileManager.default.fileExists(atPath: file.path) {
      do {
        known = try decoder.decode(TestReads.self, from: Data(contentsOf: file))
      } catch is DecodingError {
        throw WorkflowError.json(
          source: file.path, reason: "it does not list looks at a test set. Move it away")
      }
    }
    known.reads.append(Read(date: date, reader: reader))
    try AtomicFile.write(encoder.encode(known), to: file)
    return known
  }

  /// One or two lines for a report.
  public var text: String {
    let earlier = reads.dropLast()
    guard let last = earlier.last else { return "This test set is read for the first time." }
    let times = earlier.count == 1 ? "once" : "\(earlier.count) times"
    return "This test set has been read \(times) before, last by \(last.reader). "
      + "Choices that were made after a look make the verdict too hopeful: keep the count low."
  }
}

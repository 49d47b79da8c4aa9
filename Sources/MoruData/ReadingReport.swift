/// What was found where data come from, and what of it was damaged and left out.
public struct ReadingReport: Codable, Sendable, Equatable {
  /// A row or file that was left out.
  public struct Skipped: Codable, Sendable, Equatable {
    /// Where it is: `rows.csv:17`, `cat/003.jpg`.
    public let place: String
    /// What is wrong with it.
    public let reason: String
  }

  /// The most that `skipped` names; the counts go on.
  public static let listLimit = 100

  /// The file or folder.
  public let source: String
  /// What was counted: `row`, `picture`, …
  public let unit: String
  /// How text was read; nil for what is not text.
  public internal(set) var encoding: TextEncoding?
  /// How many there are, the damaged ones among them.
  public private(set) var found = 0
  /// How many were left out.
  public private(set) var skippedCount = 0
  /// The first ones that were left out, in order.
  public private(set) var skipped: [Skipped] = []

  /// How many are left.
  public var kept: Int { found - skippedCount }

  init(source: String, unit: String, encoding: TextEncoding? = nil) {
    self.source = source
    self.unit = unit
    self.encoding = encoding
  }

  mutating func keep(_ count: Int = 1) { found += count }

  /// Counts what is left out, of which the first ones are described.
  mutating func skip(_ count: Int, _ descriptions: @autoclosure () -> [Skipped]) {
    found += count
    skippedCount += count
    if skipped.count < Self.listLimit {
      skipped += descriptions().prefix(Self.listLimit - skipped.count)
    }
  }

  /// - Throws: `DataError.nothingLeft` if all that there is was damaged.
  func requireSome() throws(DataError) {
    guard kept == 0, let first = skipped.first else { return }
    throw .nothingLeft(
      source: source, count: found, unit: unit, place: first.place, reason: first.reason)
  }
}

extension ReadingReport: CustomStringConvertible {
  /// Counts before and after, and a line for each that is named.
  public var description: String {
    var lines = [
      "\(source): \(counted(found, unit)), \(kept) kept, \(skippedCount) skipped"
        + (encoding.map { ", \($0.title)" } ?? "")
    ]
    lines += skipped.map { "  \($0.place): \($0.reason)" }
    if skippedCount > skipped.count { lines.append("  and \(skippedCount - skipped.count) more") }
    return lines.joined(separator: "\n")
  }
}

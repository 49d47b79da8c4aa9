public import Foundation

/// What a person writes to name a model: `NAME[:VERSION|@ALIAS]` or the path of a model package.
public enum ModelReference: Hashable, Sendable, CustomStringConvertible {
  /// A model of the workspace's registry.
  case registered(SafeName, VersionChoice)
  /// A package folder.
  case path(URL)

  /// Which version of a registered model is meant.
  public enum VersionChoice: Hashable, Sendable {
    /// The one with the alias `champion`, else the newest.
    case preferred
    /// The one of this number, from 1.
    case number(Int)
    /// The one that this alias points to.
    case alias(SafeName)
  }

  /// Understands a reference; no file is looked at.
  ///
  /// A text with a `/`, or which ends in `.moru` or begins with `.` or `~`, is a path.
  ///
  /// - Throws: `ArchiveError.invalidReference` or `.invalidName` with the reason.
  public init(parsing text: String) throws(ArchiveError) {
    guard !text.isEmpty else { throw .invalidReference(text, reason: "it is empty") }
    guard !text.contains("\0") else {
      throw .invalidReference(text, reason: "it contains a zero byte")
    }
    let isPath =
      text.contains("/") || text.hasSuffix(".moru") || text.hasPrefix(".") || text.hasPrefix("~")
    if isPath {
      self = .path(URL(filePath: (text as NSString).expandingTildeInPath))
      return
    }
    guard let mark = text.firstIndex(where: { $0 == ":" || $0 == "@" }) else {
      self = .registered(try SafeName(text), .preferred)
      return
    }
    let name = try SafeName(String(text[..<mark]))
    let rest = String(text[text.index(after: mark)...])
    if text[mark] == "@" {
      self = .registered(name, .alias(try SafeName(rest)))
    } else {
      let isNumber = !rest.isEmpty && rest.utf8.allSatisfy { (0x30...0x39).contains($0) }
      guard isNumber, let number = Int(rest), number > 0 else {
        throw .invalidReference(text, reason: "a version is a whole number from 1")
      }
      self = .registered(name, .number(number))
    }
  }

  public var description: String {
    switch self {
    case .registered(let name, .preferred): "\(name)"
    case .registered(let name, .number(let number)): "\(name):\(number)"
    case .registered(let name, .alias(let alias)): "\(name)@\(alias)"
    case .path(let url): url.path
    }
  }
}

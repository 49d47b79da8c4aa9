internal import Foundation

/// The name of a model or alias: safe as a file name, in an address and on a command line.
///
/// Letters A–Z and a–z, Hangul, digits, `.`, `_` and `-`; it begins with a letter, digit or `_`,
/// has at most 200 bytes, and does not end in `.moru`, which marks a path.
public struct SafeName: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The text, Hangul in composed form, so that one name has one spelling on every file system.
  public let text: String

  /// The alias of the version that is served unless another is asked for.
  public static let champion = SafeName(unchecked: "champion")

  /// Checks a name.
  ///
  /// - Throws: `ArchiveError.invalidName` with the reason.
  public init(_ text: String) throws(ArchiveError) {
    let composed = text.precomposedStringWithCanonicalMapping
    func refuse(_ reason: String) -> ArchiveError { .invalidName(text, reason: reason) }
    guard let first = composed.unicodeScalars.first else { throw refuse("it is empty") }
    if let bad = composed.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
      throw refuse("it contains \(quoted(String(bad)))")
    }
    guard first != ".", first != "-" else { throw refuse("it begins with '\(first)'") }
    guard composed.utf8.count <= 200 else {
      throw refuse("it has \(composed.utf8.count) bytes, at most 200 are allowed")
    }
    guard !composed.lowercased().hasSuffix(".moru") else {
      throw refuse("it ends in .moru, as the path of a model folder does")
    }
    self.init(unchecked: composed)
  }

  private init(unchecked text: String) { self.text = text }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public static func < (first: SafeName, second: SafeName) -> Bool { first.text < second.text }

  public var description: String { text }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "-": true
    case "\u{AC00}"..."\u{D7A3}", "\u{3131}"..."\u{3163}": true  // syllables, single letters
    default: false
    }
  }
}

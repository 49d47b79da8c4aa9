import Foundation
import MoruArchive

/// A path in which numbers stand by name: `digits-{epoch:03d}-{val_loss:.2f}.moru`.
struct PathPattern: Sendable {
  private enum Part: Sendable {
    case text(String)
    case number(name: String, format: String)
  }

  private let parts: [Part]

  /// A pattern; braces that hold no name are part of the path.
  init(_ pattern: String) {
    var parts: [Part] = []
    var rest = pattern[...]
    while let match = rest.firstMatch(of: /\{([A-Za-z_]\w*)(?::([^{}]*))?\}/) {
      parts.append(.text(String(rest[..<match.range.lowerBound])))
      parts.append(.number(name: String(match.1), format: String(match.2 ?? "")))
      rest = rest[match.range.upperBound...]
    }
    self.parts = parts + [.text(String(rest))]
  }

  /// Checks that all names and formats are known.
  func check(names: [String]) throws(TrainingError) {
    for case .number(let name, let format) in parts {
      guard names.contains(name) else {
        throw .unknownFigure(name, known: names, nearest: nearest(name, among: names))
      }
      guard format.wholeMatch(of: Self.format) != nil else {
        throw .callback(
          "modelCheckpoint", reason: "\"\(format)\" is not a format for \(name)",
          remedy: "Use one such as 03d for whole numbers or .4f for others.")
      }
    }
  }

  /// The path with numbers in their places.
  func text(_ values: [String: Double]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): return text
      case .number(let name, let format):
        return values[name].map { Self.formatted($0, format) } ?? name
      }
    }.joined()
  }

  /// Width with or without zeros before, digits, and how a number is written.
  private static var format: Regex<(Substring, Substring, Substring?, Substring?)> {
    /(0?\d{0,2})(\.\d{1,2})?([dfeg])?/
  }

  private static func formatted(_ value: Double, _ format: String) -> String {
    guard !format.isEmpty, let match = format.wholeMatch(of: Self.format) else {
      return Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
    let (width, digits, type) = (match.1, match.2 ?? "", match.3)
    if type == "d" || (digits.isEmpty && type == nil), let whole = Int(exactly: value) {
      return String(format: "%\(width)ld", whole)
    }
    return String(format: "%\(width)\(digits)\(type == "d" ? "g" : type ?? "g")", value)
  }
}

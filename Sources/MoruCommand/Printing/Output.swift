internal import Foundation

/// Where a command writes its results: text for people, or one JSON object for programs.
struct Output: Sendable {
  /// Whether the last line of standard output is to be JSON; text then goes to standard error.
  let isJSON: Bool

  /// Writes lines for people.
  func text(_ text: String) {
    (isJSON ? FileHandle.standardError : .standardOutput).write(Data((text + "\n").utf8))
  }

  /// Writes a section for people, with a heading.
  func section(_ title: String, _ body: String) {
    let indented = body.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + $0 }
    text("\n\(title)\n" + indented.joined(separator: "\n"))
  }

  /// Writes a value as one line of JSON if that was asked for.
  ///
  /// NaN and infinity, which JSON lacks, become the texts `nan`, `inf` and `-inf`.
  func json(_ value: some Encodable) throws {
    guard isJSON else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}

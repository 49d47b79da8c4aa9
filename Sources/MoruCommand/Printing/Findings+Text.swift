internal import MoruData

extension Finding {
  /// The finding for people: what, where, and what to do.
  func text(part: String? = nil) -> String {
    var lines = ["\(severity.word)  " + (part.map { "\($0): " } ?? "") + message]
    lines += examples.map { "           \($0)" }
    lines.append("           → \(advice)")
    return lines.joined(separator: "\n")
  }
}

extension Finding.Severity {
  /// One word of equal width.
  fileprivate var word: String {
    switch self {
    case .note: "note     "
    case .warning: "warning  "
    case .problem: "PROBLEM  "
    }
  }
}

extension String {
  /// The columns that a terminal gives this text: two for each East Asian wide character.
  package var terminalColumns: Int { reduce(0) { $0 + ($1.isWide ? 2 : 1) } }

  /// The text with control characters made visible, so that a label cannot steer the terminal.
  package var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  /// The text cut to a number of terminal columns, with an ellipsis for what is left out.
  package func truncated(toColumns limit: Int) -> String {
    guard terminalColumns > limit else { return self }
    var kept = ""
    var columns = 1  // the ellipsis
    for character in self {
      columns += character.isWide ? 2 : 1
      if columns > limit { break }
      kept.append(character)
    }
    return kept + "…"
  }
}

extension Character {
  /// Whether the character takes two columns: Hangul, Han, kana, full-width forms, emoji.
  package var isWide: Bool {
    guard let first = unicodeScalars.first else { return false }
    return switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

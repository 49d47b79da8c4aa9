internal import Foundation

/// What a text is apart from how it happens to be written.
enum TextForms {
  /// The form that texts share which differ only in case, in spaces, or in the width of letters and
  /// digits (`Ｓｅｏｕｌ`, `seoul `).
  static func canonical(_ text: String) -> String {
    tidied(text.precomposedStringWithCompatibilityMapping).lowercased()
  }

  /// The text without spaces and invisible characters at its ends, and with single ones inside.
  static func tidied(_ text: String) -> String {
    let visible = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isInvisible($0) }))
    return visible.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Zero-width characters, byte-order marks and control characters, which nobody sees. Joiners stay: they
  /// belong to emoji and some scripts.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B, 0x2060, 0xFEFF, 0xAD: true
    default: scalar.properties.generalCategory == .control && !scalar.properties.isWhitespace
    }
  }

  /// Whether there are letters or digits of full width, unusual spaces, or characters nobody sees.
  static func hasUnusualCharacters(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0xFF01...0xFF5E, 0x3000, 0xA0, 0x2000...0x200A, 0x202F: true
      default: isInvisible(scalar)
      }
    }
  }

  /// The number that a text spells for people: with commas between thousands, a unit of money or a
  /// per cent sign, in brackets for less than 0, or in digits of full width; nil if it does not.
  static func number(_ text: String) -> Double? {
    var rest = Substring(tidied(text.precomposedStringWithCompatibilityMapping))
    for sign in ["₩", "$", "€", "¥", "£"] where rest.hasPrefix(sign) { rest = rest.dropFirst() }
    for unit in ["%", "원", "개", "명", "₩", "€", "円"] where rest.hasSuffix(unit) {
      rest = rest.dropLast()
    }
    let digits = rest.trimmingCharacters(in: .whitespaces)
    let hasThousands = digits.wholeMatch(of: #/[+-]?\d{1,3}(,\d{3})+(\.\d+)?/#) != nil
    return plainNumber(hasThousands ? digits.replacing(",", with: "") : digits)
  }

  /// The number that a text spells as number columns spell it.
  static func plainNumber(_ text: String) -> Double? {
    var text = text.trimmingCharacters(in: .whitespaces)
    return text.withUTF8 { NumberParser.number(alone: UnsafeRawBufferPointer($0)) }
  }

  /// Words that people write where there is no value.
  static func meansMissing(_ text: String) -> Bool {
    missingWords.contains(canonical(text))
  }

  private static let missingWords: Set<String> = [
    "", "?", "-", "--", ".", "na", "n/a", "n.a.", "nan", "null", "nil", "none", "missing",
    "unknown",
    "#n/a", "#value!", "#div/0!", "없음", "미상", "결측", "모름", "해당없음", "해당 없음", "미입력", "무응답",
  ]

  /// Whether a text is a day, perhaps with a time: `2024-03-05`, `2024.3.5`, `05/03/2024`,
  /// `2024년 3월 5일`, `20240305`.
  static func isDate(_ text: String) -> Bool {
    let text = tidied(text.precomposedStringWithCompatibilityMapping)
    let day = text.prefix { !"T".contains($0) }.trimmingCharacters(in: .whitespaces)
    if let parts = day.wholeMatch(
      of: #/(\d{4})(?:[-/.]|년 ?)\s?(\d{1,2})(?:[-/.]|월 ?)\s?(\d{1,2})[.일]?(?:\s.*\d{1,2}:\d{2}.*)?/#
    ) {
      return isDay(Int(parts.1), Int(parts.2), Int(parts.3))
    }
    if let parts = day.wholeMatch(
      of: #/(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s.*\d{1,2}:\d{2}.*)?/#)
    {
      return isDay(Int(parts.3), Int(parts.1), Int(parts.2))
        || isDay(Int(parts.3), Int(parts.2), Int(parts.1))
    }
    if let parts = day.wholeMatch(of: #/(\d{4})(\d{2})(\d{2})/#) {
      return isDay(Int(parts.1), Int(parts.2), Int(parts.3))
    }
    return false
  }

  private static func isDay(_ year: Int?, _ month: Int?, _ day: Int?) -> Bool {
    guard let year, let month, let day else { return false }
    return (1800...2200).contains(year) && (1...12).contains(month) && (1...31).contains(day)
  }
}

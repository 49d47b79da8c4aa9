/// A language that reports are written in.
public enum ReportLanguage: String, Codable, Sendable, CaseIterable {
  /// English.
  case english = "en"
  /// Korean.
  case korean = "ko"

  /// The one of two texts that is in this language.
  func callAsFunction(_ english: String, _ korean: String) -> String {
    self == .english ? english : korean
  }
}

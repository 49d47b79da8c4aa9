/// What becomes of a damaged row or file.
public enum DamagePolicy: String, Codable, Sendable, CaseIterable {
  /// It is an error that names it.
  case error
  /// It is left out, counted, and named in a `ReadingReport`.
  case skip
}

/// Where a served model is in its life.
public enum ModelState: String, Sendable, CaseIterable {
  /// Its programs are being compiled.
  case loading
  /// It answers.
  case ready
  /// It answers what it has accepted, and nothing new.
  case stopping
}

/// What lookups of text give.
public enum TokenEncoding: String, Codable, Sendable, CaseIterable {
  /// The place of each token in the vocabulary, Int32.
  case int
  /// A one at each token's place on a new last axis, which replaces a last axis of size 1, Float32.
  case oneHot
  /// Ones at the places of a row's tokens, Float32.
  case multiHot
  /// How often each token stands in a row, Float32.
  case count
  /// `count · idf`: rare tokens weigh more, Float32.
  case tfIdf
}

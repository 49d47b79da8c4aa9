/// What becomes of objects and arrays inside a row of JSON.
public enum NestedPolicy: String, Codable, Sendable, CaseIterable {
  /// The row is damaged.
  case error
  /// Their values become columns of their own: `{"a": {"b": 1}, "c": [2]}` has `a.b` and `c.0`.
  case flatten
}

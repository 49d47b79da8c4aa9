/// What lies beyond the borders of a picture.
public enum FillMode: String, Codable, Sendable, CaseIterable {
  /// Zeros.
  case constant
  /// The border's elements.
  case nearest
  /// The picture mirrored at the border.
  case reflect
  /// The picture again.
  case wrap
}

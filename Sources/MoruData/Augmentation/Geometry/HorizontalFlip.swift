/// Mirrors the picture left to right with a probability.
public typealias HorizontalFlip = OccasionalChange<HorizontalFlipRule>

/// Left becomes right.
public enum HorizontalFlipRule: OccasionalRule {
  public static let kind = "horizontalFlip"

  public static func operation(for frame: PictureFrame) -> PictureOperation {
    .geometric(
      GeometricTransform(
        height: frame.height, width: frame.width,
        source: .affine(-1, 0, 0, 1, x: Double(frame.width))))
  }
}

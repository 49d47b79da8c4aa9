/// Mirrors the picture upside down with a probability.
public typealias VerticalFlip = OccasionalChange<VerticalFlipRule>

/// Top becomes bottom.
public enum VerticalFlipRule: OccasionalRule {
  public static let kind = "verticalFlip"

  public static func operation(for frame: PictureFrame) -> PictureOperation {
    .geometric(
      GeometricTransform(
        height: frame.height, width: frame.width,
        source: .affine(1, 0, 0, -1, y: Double(frame.height))))
  }
}

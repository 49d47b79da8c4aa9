public import MoruGraph

/// The middle of each picture; pictures that are too small are enlarged first until they suffice.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public typealias CenterCrop = CropLayer<MiddlePart>

/// The middle is kept.
public enum MiddlePart: CropRule {
  public static let kind = "CenterCrop"

  public static func cropped(
    _ x: Tensor, _ height: Int, _ width: Int, in scope: Scope
  ) -> Tensor { x.centerCropped(height, width) }
}

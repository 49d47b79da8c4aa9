import CImages

/// Multiplies all pixels by a random factor.
public typealias Brightness = Enhancement<BrightnessRule>

/// The plainer picture is black.
public enum BrightnessRule: EnhancementRule {
  public static let kind = "brightness"

  public static func enhance(
    _ pixels: inout [UInt8], height: Int, width: Int, channels: Int, factor: Float
  ) {
    moruBlendValue(&pixels, Int64(pixels.count), factor, 0)
  }
}

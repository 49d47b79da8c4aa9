import CImages

/// Moves the channels of each pixel away from its luma, or towards it, by a random factor; grey stays.
public typealias Saturation = Enhancement<SaturationRule>

/// The plainer picture has each pixel's luma in all channels.
public enum SaturationRule: EnhancementRule {
  public static let kind = "saturation"

  public static func enhance(
    _ pixels: inout [UInt8], height: Int, width: Int, channels: Int, factor: Float
  ) {
    guard channels == 3 else { return }
    moruBlendLuma(&pixels, Int64(height * width), factor)
  }
}

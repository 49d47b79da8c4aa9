import CImages

/// Moves all pixels away from the picture's mean luma, or towards it, by a random factor.
public typealias Contrast = Enhancement<ContrastRule>

/// The plainer picture has the picture's mean luma everywhere.
public enum ContrastRule: EnhancementRule {
  public static let kind = "contrast"

  public static func enhance(
    _ pixels: inout [UInt8], height: Int, width: Int, channels: Int, factor: Float
  ) {
    let count = Int64(height * width)
    let mean = Float(moruLumaSum(pixels, count, Int64(channels))) / Float(count)
    moruBlendValue(&pixels, Int64(pixels.count), factor, mean.rounded())
  }
}

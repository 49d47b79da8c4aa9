import CImages
public import MoruArchive

/// Moves pixels away from their smoothed neighbourhood, or towards it, by a random factor; those at the
/// border stay.
public typealias Sharpness = Enhancement<SharpnessRule>

/// The plainer picture is smoothed over 3 × 3 pixels.
public enum SharpnessRule: EnhancementRule {
  public static let kind = "sharpness"
  public static let standard: RandomFactor = 0.5

  public static func enhance(
    _ pixels: inout [UInt8], height: Int, width: Int, channels: Int, factor: Float
  ) {
    guard height > 2, width > 2 else { return }
    var smooth = pixels
    let stride = width * channels
    for row in 1..<height - 1 {
      for place in row * stride + channels..<(row + 1) * stride - channels {
        var sum = 4 * Int(pixels[place])
        for neighbour in [place - stride, place, place + stride] {
          sum += Int(pixels[neighbour - channels]) + Int(pixels[neighbour])
          sum += Int(pixels[neighbour + channels])
        }
        smooth[place] = UInt8((2 * sum + 13) / 26)
      }
    }
    moruBlendPicture(&pixels, smooth, Int64(pixels.count), factor)
  }
}

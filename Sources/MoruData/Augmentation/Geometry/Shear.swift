import Foundation
public import MoruArchive

/// Slants the picture about its middle by random angles: upright lines by `horizontal`, level ones by
/// `vertical`, in degrees from −80 to 80.
public typealias Shear = AxisMove<ShearRule>

/// Lines are slanted, by degrees.
public enum ShearRule: AxisRule {
  public static let kind = "shear"
  public static let standard: (horizontal: RandomFactor, vertical: RandomFactor) = (15, 0)
  public static let limit = 80.0

  public static func source(across: Double, down: Double, _ frame: PictureFrame) -> Homography? {
    let (across, down) = (tan(across * .pi / 180), tan(down * .pi / 180))
    guard across != 0 || down != 0, abs(across * down - 1) > 1e-6 else { return nil }
    return .affine(1, across, down, 1)
  }
}

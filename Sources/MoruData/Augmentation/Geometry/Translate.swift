public import MoruArchive

/// Moves the picture by a random number of whole pixels: to the right by `horizontal`, a share of the
/// width, and down by `vertical`, a share of the height, from −1 to 1.
public typealias Translate = AxisMove<TranslateRule>

/// Things move by whole pixels, in shares of the picture's size.
public enum TranslateRule: AxisRule {
  public static let kind = "translate"
  public static let standard: (horizontal: RandomFactor, vertical: RandomFactor) = (0.1, 0.1)
  public static let limit = 1.0

  public static func source(across: Double, down: Double, _ frame: PictureFrame) -> Homography? {
    let x = (across * Double(frame.width)).rounded()
    let y = (down * Double(frame.height)).rounded()
    return x == 0 && y == 0 ? nil : .translation(x: -x, y: -y)
  }
}

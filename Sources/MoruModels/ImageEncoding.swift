public import MoruData

/// How a picture of any size becomes an input: scaled to height and width, in grey or colour, bytes
/// mapped to a range of values.
public struct ImageEncoding: Codable, Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The value that a byte of 255 becomes; 0 stays 0.
  public let brightest: Double
  /// How pixels are weighed when a picture changes its size.
  public let interpolation: ImageFile.Interpolation

  /// A picture of some size.
  ///
  /// - Parameters:
  ///   - height: Rows.
  ///   - width: Columns.
  ///   - channels: 1 for grey, 3 for colour.
  ///   - brightest: The value of white: 255 for bytes, 16 for the digits of 8×8.
  ///   - interpolation: How pixels are weighed.
  public init(
    height: Int, width: Int, channels: Int, brightest: Double = 255,
    interpolation: ImageFile.Interpolation = .bilinear
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.brightest = brightest
    self.interpolation = interpolation
  }
}

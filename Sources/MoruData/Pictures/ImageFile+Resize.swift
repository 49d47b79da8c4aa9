public import MoruTensors

extension ImageFile {
  /// How pixels are weighed when a picture changes its size.
  public enum Interpolation: String, Codable, Sendable, CaseIterable {
    /// A triangle over neighbouring pixels, widened when shrinking so that no pixel is skipped.
    case bilinear
    /// The mean of the area that a new pixel covers; enlarging repeats pixels.
    case area
  }

  /// The picture at another size. `[h, w, c] → [height, width, c]`
  ///
  /// Values are rounded once, after both directions. Pillow's BILINEAR and BOX give the same within
  /// one step, for they round in between.
  ///
  /// - Throws: `DataError.notAnImage`, also for a size below 1 or over the pixel limit.
  public static func resized(
    _ image: HostTensor, height: Int, width: Int, interpolation: Interpolation = .bilinear
  ) throws(DataError) -> HostTensor {
    let picture = try Picture(image)
    guard height > 0, width > 0, width <= defaultPixelLimit / height else {
      throw .notAnImage(shape: "uint8 [\(height), \(width), \(picture.channels)]")
    }
    guard height != picture.height || width != picture.width else { return image }
    let columns = ResamplingTaps(
      count: width, of: picture.width, scale: Double(picture.width) / Double(width), offset: 0,
      interpolation)
    let rows = ResamplingTaps(
      count: height, of: picture.height, scale: Double(picture.height) / Double(height), offset: 0,
      interpolation)
    guard let columns, let rows else {
      throw .notAnImage(shape: "uint8 [\(height), \(width), \(picture.channels)]")
    }
    return picture.resampled(rows: rows, columns: columns).tensor
  }
}

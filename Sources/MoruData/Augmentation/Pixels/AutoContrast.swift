/// Stretches each channel, with a probability, so that its darkest pixel becomes 0 and its brightest 255.
public typealias AutoContrast = OccasionalChange<AutoContrastRule>

/// The darkest pixel of each channel becomes 0, the brightest 255.
public enum AutoContrastRule: OccasionalRule {
  public static let kind = "autoContrast"

  public static func operation(for frame: PictureFrame) -> PictureOperation {
    .pixels(
      HistogramLookUp { histogram in
        let (low, high) = (histogram.least, histogram.greatest)
        guard high > low else { return LookUp.unchanged }
        let factor = 255 / Double(high - low)
        return LookUp.table { (Double($0) - Double(low)) * factor }
      })
  }
}

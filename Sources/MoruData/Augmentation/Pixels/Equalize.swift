/// Spreads the values of each channel, with a probability, so that all are about equally frequent.
public typealias Equalize = OccasionalChange<EqualizeRule>

/// The values of each channel become about equally frequent.
public enum EqualizeRule: OccasionalRule {
  public static let kind = "equalize"

  public static func operation(for frame: PictureFrame) -> PictureOperation {
    .pixels(
      HistogramLookUp { histogram in
        let others = histogram.counts.reduce(0, +) - histogram.counts[histogram.greatest]
        let step = others / 255
        guard step > 0 else { return LookUp.unchanged }
        var sum = step / 2
        return histogram.counts.map { count in
          defer { sum += count }
          return UInt8(min(sum / step, 255))
        }
      })
  }
}

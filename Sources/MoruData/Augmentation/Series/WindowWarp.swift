import MoruArchive
public import MoruTensors

/// Plays a random window of a series faster or slower, and brings the whole back to its length;
/// numbers between two times lie on the line between theirs.
///
/// - Source: Le Guennec, Malinowski, Tavenard 2016, Data Augmentation for Time Series
///   Classification using Convolutional Neural Networks, hal-01357973.
public struct WindowWarp: SeriesAugmentation {
  public static let kind = "windowWarp"
  /// Length of the window as a share of the series, 0 to 1.
  public let window: Double
  /// How much longer the window becomes: one of these factors, all above 0.
  public let factors: [Double]

  /// Warps windows of this share.
  public init(window: Double = 0.1, factors: [Double] = [0.5, 2]) {
    self.window = window
    self.factors = factors
  }

  public func augmented(_ series: Series, using generator: inout SeededGenerator) -> Series {
    let length = series.length
    let size = Int((window * Double(length)).rounded())
    guard length > 2, size > 1, size < length, !factors.isEmpty else { return series }
    let start = Double(Int(generator.uniform() * Double(length - size)))
    let factor = factors[Int(generator.uniform() * Double(factors.count))]
    let warped = Double(size) * factor
    let total = Double(length - size) + warped
    var result = series
    for time in 0..<length {
      // The place in the warped series, then where that was in the given one.
      let place = Double(time) * (total - 1) / Double(length - 1)
      let source =
        place < start
        ? place
        : place < start + warped
          ? start + (place - start) / factor : place - warped + Double(size)
      let first = min(max(Int(source), 0), length - 2)
      let share = Float(min(max(source - Double(first), 0), 1))
      for feature in 0..<series.features {
        let index = first * series.features + feature
        result.values[time * series.features + feature] =
          series.values[index] * (1 - share) + series.values[index + series.features] * share
      }
    }
    return result
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case window, factors }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    window = try fields.number(.window, default: 0.1, in: 0...1)
    factors = try fields.value(.factors, default: [0.5, 2])
    guard !factors.isEmpty, factors.allSatisfy({ $0 > 0.01 && $0 < 100 }) else {
      throw fields.outOfRange(.factors, "numbers between 0.01 and 100")
    }
  }
}

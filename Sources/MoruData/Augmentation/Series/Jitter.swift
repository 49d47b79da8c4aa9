/// Adds a number, normally distributed about 0, to each number of a series; the deviation is in the unit
/// of the series.
public typealias Jitter = SeriesNoise<JitterRule>

/// Each number moves by itself.
public enum JitterRule: SeriesNoiseRule {
  public static let kind = "jitter"
  public static let standard = 0.03

  public static func change(_ series: inout Series, _ number: () -> Float) {
    for place in series.values.indices { series.values[place] += number() }
  }
}

/// Multiplies each feature of a series by a number of its own, normally distributed about 1.
public typealias Scaling = SeriesNoise<ScalingRule>

/// Each feature is multiplied by one number.
public enum ScalingRule: SeriesNoiseRule {
  public static let kind = "scaling"
  public static let standard = 0.1

  public static func change(_ series: inout Series, _ number: () -> Float) {
    let factors = (0..<series.features).map { _ in 1 + number() }
    for place in series.values.indices { series.values[place] *= factors[place % series.features] }
  }
}

import MoruArchive

/// A 95 % confidence interval and the method that made it.
///
/// - Source: for proportions, Brown, Cai, DasGupta 2001, "Interval estimation for a binomial
///   proportion", doi:10.1214/ss/1009213286, which recommends Wilson's.
public struct Interval: Codable, Sendable, Equatable, CustomStringConvertible {
  /// How an interval was made.
  public enum Method: String, Codable, Sendable {
    /// Wilson's score interval: covers 95 % on average.
    case wilson
    /// The exact interval of Clopper and Pearson: covers at least 95 %, so it is wider.
    case clopperPearson
    /// Percentiles of the statistic over resamples of the samples.
    case bootstrap
    /// DeLong's, of an area under the receiver operating characteristic.
    case deLong
    /// The estimate and its standard error, by Student's distribution.
    case student
    /// The estimate and its standard error, by the normal distribution.
    case wald
    /// Quantiles of the beta distribution that the quantity itself is drawn from.
    case beta

    /// The method in words, for tables.
    public var title: String {
      switch self {
      case .wilson: "Wilson score"
      case .clopperPearson: "Clopper–Pearson"
      case .bootstrap: "bootstrap"
      case .deLong: "DeLong"
      case .student: "Student"
      case .wald: "Wald"
      case .beta: "beta distribution"
      }
    }
  }

  /// The lower end, in the unit of the statistic.
  public let lower: Double
  /// The upper end, in the unit of the statistic.
  public let upper: Double
  /// How the interval was made.
  public let method: Method

  /// An interval from its ends.
  public init(lower: Double, upper: Double, method: Method) {
    self.lower = lower
    self.upper = upper
    self.method = method
  }

  /// Wilson's score interval of a proportion, `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`.
  ///
  /// - Throws: `badProportion` unless 0 ≤ `successes` ≤ `count` and `count` ≥ 1.
  /// - Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
  public static func wilson(
    successes: Int, of count: Int
  ) throws(MetricsError) -> Interval {
    try check(successes, of: count)
    return Interval(wilson: successes, of: count)
  }

  /// The exact interval of a proportion, from quantiles of the beta distribution.
  ///
  /// - Throws: `badProportion` unless 0 ≤ `successes` ≤ `count` and `count` ≥ 1.
  /// - Source: Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
  public static func clopperPearson(
    successes: Int, of count: Int
  ) throws(MetricsError) -> Interval {
    try check(successes, of: count)
    let hits = Double(successes)
    let misses = Double(count - successes)
    return Interval(
      lower: successes == 0 ? 0 : betaQuantile(0.025, hits, misses + 1),
      upper: successes == count ? 1 : betaQuantile(0.975, hits + 1, misses),
      method: .clopperPearson)
  }

  /// The normal distribution's 97.5 % quantile.
  static let z = 1.959963984540054

  /// As ``wilson(successes:of:)``, for counts that are known to make a proportion, as wide as a quantile
  /// of the normal distribution says.
  init(wilson successes: Int, of count: Int, quantile z: Double = Self.z) {
    let n = Double(count)
    let p = Double(successes) / n
    let scale = 1 + z * z / n
    let center = (p + z * z / (2 * n)) / scale
    let margin = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
    // At none and at all, the formula's end is exactly 0 or 1; rounding must not move it.
    self.init(
      lower: successes == 0 ? 0 : center - margin,
      upper: successes == count ? 1 : center + margin,
      method: .wilson)
  }

  private static func check(_ successes: Int, of count: Int) throws(MetricsError) {
    guard count > 0, (0...count).contains(successes) else {
      throw .badProportion(successes: successes, count: count)
    }
  }

  /// Such as `0.9497–0.9848 (95 %, Wilson score)`.
  public var description: String {
    "\(lower.significant)–\(upper.significant) (95 %, \(method.title))"
  }
}

/// A statistic of a sample, with the interval in which the population's value is expected.
public struct Estimate: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The statistic's value on the samples at hand.
  public let value: Double
  /// Its 95 % interval.
  public let interval: Interval

  /// A statistic from its value and interval.
  public init(value: Double, interval: Interval) {
    self.value = value
    self.interval = interval
  }

  /// Such as `0.9722, interval 0.9497–0.9848 (95 %, Wilson score)`.
  public var description: String { "\(value.significant), interval \(interval)" }
}

import MoruTensors

/// Where numbers lie and how widely they spread, by medians, which outliers do not move.
///
/// `z = (x − median) / scale`; the scale is the median of the absolute deviations divided by 0.6745,
/// or, where more than half of the numbers are equal, their mean times 1.2533: either estimates the
/// standard deviation of normal numbers.
///
/// - Source: Iglewicz, Hoaglin 1993, "How to Detect and Handle Outliers", ASQC; |z| above 3.5 is
///   their mark for outliers.
package struct RobustScale: Equatable {
  package let median: Double
  /// 0 if all numbers are equal.
  package let scale: Double

  /// Beyond this many scales a number is an outlier.
  static let outlierScore = 3.5

  /// Nil without numbers. None may be NaN.
  package init?(_ numbers: [Double]) {
    guard !numbers.isEmpty else { return nil }
    let median = numbers.sorted().quantile(0.5)
    let deviations = numbers.map { abs($0 - median) }
    self.median = median
    let middle = deviations.sorted().quantile(0.5)
    scale =
      middle > 0
      ? middle / 0.674489750196082
      : deviations.mean * 1.2533141373155
  }

  func score(_ number: Double) -> Double { scale > 0 ? (number - median) / scale : 0 }
}

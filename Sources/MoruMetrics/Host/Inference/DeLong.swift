extension ThresholdSweep {
  /// The area under the receiver operating characteristic with DeLong's interval, cut to 0…1; nil if
  /// all samples are of one class.
  ///
  /// The interval is the area ± 1.96 standard errors; with a single yes or a single no, whose spread
  /// nothing shows, it is 0…1. Samples must count alike.
  ///
  /// - Source: DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595, by ranks as Sun & Xu 2014,
  ///   doi:10.1109/LSP.2014.2337313.
  public var rocAUCEstimate: Estimate? {
    guard let area = rocAUC else { return nil }
    guard positives > 1, negatives > 1 else {
      return Estimate(value: area, interval: Interval(lower: 0, upper: 1, method: .deLong))
    }
    // What share of the noes each yes is above, and what share of the yeses each no is below; all of
    // one threshold share one value.
    var (yesSpread, noSpread) = (0.0, 0.0)
    var (hits, alarms) = (0.0, 0.0)
    for (hit, alarm) in zip(truePositives, falsePositives) {
      let above = 1 - (alarm + alarms) / 2 / negatives
      let below = (hit + hits) / 2 / positives
      yesSpread += (hit - hits) * (above - area) * (above - area)
      noSpread += (alarm - alarms) * (below - area) * (below - area)
      (hits, alarms) = (hit, alarm)
    }
    let variance =
      yesSpread / (positives - 1) / positives + noSpread / (negatives - 1) / negatives
    let margin = Interval.z * variance.squareRoot()
    return Estimate(
      value: area,
      interval: Interval(
        lower: max(area - margin, 0), upper: min(area + margin, 1), method: .deLong))
  }
}

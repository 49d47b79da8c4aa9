extension ThresholdSweep {
  /// A figure of the sweep with its interval, such as the average precision.
  ///
  /// Samples are sorted once: a resample is a new count of the same places. Samples must count alike.
  ///
  /// - Parameter figure: Nil where it is undefined, which such resamples leave out.
  /// - Returns: Nil if the figure of the sweep itself is undefined.
  public func estimate(
    of figure: (ThresholdSweep) -> Double?, bootstrap: Bootstrap
  ) -> Estimate? {
    guard let value = figure(self) else { return nil }
    // For each sample twice its place, and one more for a yes.
    var cells: [Int] = []
    var (hits, alarms) = (0.0, 0.0)
    for place in thresholds.indices {
      let yes = Int(truePositives[place] - hits)
      let no = Int(falsePositives[place] - alarms)
      cells += [Int](repeating: 2 * place + 1, count: yes)
      cells += [Int](repeating: 2 * place, count: no)
      (hits, alarms) = (truePositives[place], falsePositives[place])
    }
    let resampled = bootstrap.values(count: cells.count) { draws in
      var counts = [Double](repeating: 0, count: 2 * thresholds.count)
      for place in draws.places { counts[cells[place]] += 1 }
      var (hits, alarms) = ([Double](), [Double]())
      hits.reserveCapacity(thresholds.count)
      alarms.reserveCapacity(thresholds.count)
      var (hit, alarm) = (0.0, 0.0)
      for place in thresholds.indices {
        hit += counts[2 * place + 1]
        alarm += counts[2 * place]
        hits.append(hit)
        alarms.append(alarm)
      }
      return figure(
        ThresholdSweep(thresholds: thresholds, truePositives: hits, falsePositives: alarms))
    }
    return Bootstrap.estimate(value, resampled)
  }
}

/// How areas under curves of two classes become one of many.
public enum MulticlassAUC: String, Codable, Sendable, CaseIterable {
  /// Each class against all others.
  case ovr
  /// Each class against each other, by either's scores; indifferent to the classes' frequencies.
  case ovo
}

extension NumberTable {
  /// The area under the receiver operating characteristic of many classes, 0…1; nil if a class has no
  /// sample.
  ///
  /// - Parameters:
  ///   - truth: The class of each sample.
  ///   - multiclass: What is told from what.
  ///   - average: `.macro` counts classes or pairs alike, `.weighted` as often as they occur; `.micro`
  ///     ranks all scores together (`ovr` only).
  /// - Throws: `MetricsError` if lengths do not fit or a class is out of range; `badSetting` for the
  ///   micro average of pairs.
  /// - Source: Hand & Till 2001, doi:10.1023/A:1010920819831, for `ovo`.
  public func rocAUC(
    truth: [Int], multiclass: MulticlassAUC = .ovr, average: LabelAverage = .macro
  ) throws(MetricsError) -> Double? {
    try check(truth: truth, weights: nil)
    switch (multiclass, average) {
    case (.ovr, .micro):
      var answers = [Bool](repeating: false, count: values.count)
      for (row, place) in truth.enumerated() { answers[row * width + place] = true }
      return try ThresholdSweep(truth: answers, scores: values).rocAUC
    case (.ovr, _):
      return try mean(average, (0..<width).map { ($0, $0) }) { pair throws(MetricsError) in
        let sweep = try ThresholdSweep(
          truth: truth.map { $0 == pair.0 }, scores: column(pair.0))
        return (sweep.rocAUC, sweep.positives)
      }
    case (.ovo, .micro):
      throw .badSetting(
        name: "average", value: 0, allowed: "macro or weighted for pairs of classes")
    case (.ovo, _):
      var places = [[Int]](repeating: [], count: width)
      for (row, place) in truth.enumerated() { places[place].append(row) }
      let pairs = (0..<width).flatMap { first in (first + 1..<width).map { (first, $0) } }
      return try mean(average, pairs) { pair throws(MetricsError) in
        let rows = places[pair.0] + places[pair.1]
        guard !places[pair.0].isEmpty, !places[pair.1].isEmpty else { return (nil, 0) }
        func area(_ yes: Int) throws(MetricsError) -> Double {
          try ThresholdSweep(
            truth: rows.map { truth[$0] == yes }, scores: rows.map { values[$0 * width + yes] }
          ).rocAUC ?? 0
        }
        return ((try area(pair.0) + area(pair.1)) / 2, Double(rows.count))
      }
    }
  }

  /// The mean of areas; nil if one is undefined or there is none.
  private func mean(
    _ average: LabelAverage, _ pairs: [(Int, Int)],
    of area: ((Int, Int)) throws(MetricsError) -> (Double?, Double)
  ) throws(MetricsError) -> Double? {
    var (sum, total) = (0.0, 0.0)
    for pair in pairs {
      let (value, samples) = try area(pair)
      guard let value else { return nil }
      let weight = average == .weighted ? samples : 1
      sum += weight * value
      total += weight
    }
    return total == 0 ? nil : sum / total
  }
}

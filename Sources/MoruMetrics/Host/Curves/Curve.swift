/// A curve through points, such as the receiver operating characteristic.
public struct Curve: Codable, Sendable, Equatable {
  /// The points' places along the lower edge.
  public let x: [Double]
  /// The points' heights.
  public let y: [Double]
  /// The threshold of each point; empty for curves that have none.
  public let thresholds: [Double]

  /// A curve from its points.
  public init(x: [Double], y: [Double], thresholds: [Double] = []) {
    self.x = x
    self.y = y
    self.thresholds = thresholds
  }

  /// The curve with at most about `count` points, for drawings and files: the ends stay, and of the
  /// others those a step along the curve from the one before.
  public func thinned(to count: Int) -> Curve {
    guard x.count > count, count > 2 else { return self }
    func distance(_ a: Int, _ b: Int) -> Double { abs(x[a] - x[b]) + abs(y[a] - y[b]) }
    let length = x.indices.dropFirst().reduce(0) { $0 + distance($1, $1 - 1) }
    var kept = [0]
    var walked = 0.0
    for place in x.indices.dropFirst().dropLast() {
      walked += distance(place, place - 1)
      if walked >= length / Double(count - 2) {
        kept.append(place)
        walked = 0
      }
    }
    kept.append(x.count - 1)
    return Curve(
      x: kept.map { x[$0] }, y: kept.map { y[$0] },
      thresholds: thresholds.isEmpty ? [] : kept.map { thresholds[$0] })
  }
}

extension ThresholdSweep {
  /// The receiver operating characteristic: recall over the false positive rate, from (0, 0), whose
  /// threshold is infinite, to (1, 1). Corners only, if asked: points on a straight line between
  /// others are left out.
  ///
  /// - Throws: `oneClassOnly` if all samples are of one class.
  public func rocCurve(cornersOnly: Bool = true) throws(MetricsError) -> Curve {
    let (yes, no) = (positives, negatives)
    guard yes > 0, no > 0 else { throw .oneClassOnly }
    var places = Array(thresholds.indices)
    if cornersOnly, places.count > 2 {
      func bends(_ list: [Double], _ place: Int) -> Bool {
        (list[place + 1] - list[place]) - (list[place] - list[place - 1]) != 0
      }
      places = places.filter { place in
        place == 0 || place == thresholds.count - 1
          || bends(falsePositives, place) || bends(truePositives, place)
      }
    }
    return Curve(
      x: [0] + places.map { falsePositives[$0] / no },
      y: [0] + places.map { truePositives[$0] / yes },
      thresholds: [.infinity] + places.map { thresholds[$0] })
  }

  /// Precision over recall, from (0, 1), whose threshold is infinite, on with falling thresholds.
  ///
  /// - Throws: `oneClassOnly` if yes is never true.
  public func precisionRecallCurve() throws(MetricsError) -> Curve {
    let yes = positives
    guard yes > 0 else { throw .oneClassOnly }
    return Curve(
      x: [0] + truePositives.map { $0 / yes },
      y: [1] + zip(truePositives, falsePositives).map { ratio($0, $0 + $1) },
      thresholds: [.infinity] + thresholds)
  }

  /// The cumulative gain: which share of the true yeses lies among the samples of the greatest scores,
  /// over their share of all samples, from (0, 0) to (1, 1).
  ///
  /// - Throws: `oneClassOnly` if yes is never true.
  public func gainCurve() throws(MetricsError) -> Curve {
    let (yes, all) = (positives, positives + negatives)
    guard yes > 0 else { throw .oneClassOnly }
    return Curve(
      x: [0] + zip(truePositives, falsePositives).map { ($0 + $1) / all },
      y: [0] + truePositives.map { $0 / yes },
      thresholds: [.infinity] + thresholds)
  }

  /// The lift: how many times as frequent the yes is among the samples of the greatest scores as among
  /// all, over their share of all samples.
  ///
  /// - Throws: `oneClassOnly` if yes is never true.
  public func liftCurve() throws(MetricsError) -> Curve {
    let gain = try gainCurve()
    return Curve(
      x: Array(gain.x.dropFirst()), y: zip(gain.x, gain.y).dropFirst().map { $1 / $0 },
      thresholds: Array(gain.thresholds.dropFirst()))
  }
}

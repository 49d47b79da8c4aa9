public import MoruLearners
public import MoruReport
public import MoruTensors
public import MoruTraining

extension PrincipalComponents {
  /// Points along the first two components, in a colour for each label.
  ///
  /// - Parameters:
  ///   - points: `[points, …]`, of the features whose components these are.
  ///   - title: The heading.
  ///   - labels: The label of each point by its place among `names`; all alike if nil.
  ///   - names: The labels' names.
  /// - Throws: `LearnerError` if the points have other features, or numbers that are not finite.
  public func chart(
    of points: HostTensor, title: String, labels: [Int]? = nil, names: [String] = []
  ) throws -> ScatterChart {
    let projections = try projections(of: points)
    let (count, width) = (projections.shape[0], projections.shape[1])
    let values = try projections.converted(to: .float64).array(of: Double.self)
    let kinds = Dictionary(grouping: 0..<count) { row in
      labels.flatMap { row < $0.count ? $0[row] : nil } ?? 0
    }
    func axis(_ place: Int) -> String {
      guard place < width, totalVariance > 0 else { return "component \(place + 1)" }
      let share = (varianceShares[place] * 1000).rounded() / 10
      return "component \(place + 1), \(share) % of the variance"
    }
    return ScatterChart(
      title: title, xTitle: axis(0), yTitle: axis(1),
      series: kinds.sorted { $0.key < $1.key }.map { label, rows in
        ScatterChart.Series(
          name: names.indices.contains(label) ? names[label] : "\(label)",
          points: rows.map { row in
            (values[row * width], width > 1 ? values[row * width + 1] : 0)
          })
      })
  }
}

extension LearningRateSweep {
  /// The losses over the learning rate, with the suggestion marked; single losses far above the
  /// smoothed ones are left out.
  public func chart(title: String = "Loss by learning rate") -> ScatterChart {
    // The last step of a sweep that diverged would leave the others no room.
    let shown = diverged ? points.dropLast() : points[...]
    let limit = 1.5 * (shown.map(\.smoothedLoss).max() ?? 0)
    let single = shown.filter { $0.loss <= limit }
    return ScatterChart(
      title: title, xTitle: "learning rate", yTitle: "loss",
      series: [
        ScatterChart.Series(name: "loss", points: single.map { ($0.rate, $0.loss) }),
        ScatterChart.Series(
          name: "smoothed", points: shown.map { ($0.rate, $0.smoothedLoss) }, isLine: true),
      ], isLogarithmic: true, marked: suggestion)
  }
}

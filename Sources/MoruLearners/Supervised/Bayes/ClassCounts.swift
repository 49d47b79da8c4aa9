import Foundation

/// What naive Bayes learns from: how much samples of each class weigh, and the sums of their features.
struct ClassCounts {
  let samples: Samples
  let classes: [Int]
  let labels: [String]
  /// The weight of each class.
  let totals: [Double]

  init(_ samples: Samples, _ answers: Answers) {
    self.samples = samples
    classes = answers.classes ?? []
    labels = answers.labels ?? []
    var totals = [Double](repeating: 0, count: answers.width)
    for (label, weight) in zip(classes, samples.weights) { totals[label] += weight }
    self.totals = totals
  }

  /// The class whose weights stand for a class as well: itself, or if it does not occur, the first
  /// that does.
  func standIn(for label: Int) -> Int {
    totals[label] > 0 ? label : totals.firstIndex { $0 > 0 } ?? 0
  }

  /// The logarithm of the share of a class.
  func logShare(_ label: Int) -> Double {
    let share = log(totals[standIn(for: label)] / samples.totalWeight)
    return totals[label] > 0 ? share : share - impossible
  }

  /// For each class the weighted sums of what `value` makes of the features, `[classes, features]`.
  func sums(_ value: (_ feature: Double, _ label: Int, _ column: Int) -> Double) -> [Double] {
    let width = samples.width
    var sums = [Double](repeating: 0, count: labels.count * width)
    for (sample, label) in classes.enumerated() {
      for column in 0..<width {
        sums[label * width + column] +=
          samples.weights[sample] * value(samples[sample, column], label, column)
      }
    }
    return sums
  }
}

package import Moru

/// Labels that have nothing to do with the pictures can be learned by heart, but they help on no new
/// picture (Zhang et al. 2017, arXiv:1611.03530): if a model beats the baseline on shuffled labels,
/// the evaluation leaks.
package struct ShuffledLabels: Lesson {
  package static let name = "shuffled"
  package static let claim =
    "Shuffled labels give no gain over the baseline, however well they are learned."

  package struct Findings: LessonFindings {
    /// The accuracy on the training pictures with their shuffled labels, by epoch.
    package let trainAccuracies: [Double]
    /// The accuracy on test pictures with true labels, by epoch.
    package let testAccuracies: [Double]
    /// The accuracy of always answering with the most frequent class.
    package let baseline: Double

    package var summary: String {
      "accuracy \((trainAccuracies.last ?? .nan).short) on shuffled labels, "
        + "\((testAccuracies.last ?? .nan).short) on new pictures; baseline \(baseline.short)"
    }

    package var chart: LineChart {
      LineChart(
        title: "Accuracy when labels are shuffled",
        series: [
          .init(name: "its own labels", values: trainAccuracies),
          .init(name: "new pictures", values: testAccuracies),
          .init(name: "baseline", values: testAccuracies.map { _ in baseline }),
        ])
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let parts = try Digits.split()
    var generator = Seed(3).generator
    guard let (classes, labels) = parts.train.classes, let counts = parts.test.classCounts else {
      return Findings(trainAccuracies: [], testAccuracies: [], baseline: .nan)
    }
    let train = try Dataset(
      source: "shuffled digits", features: parts.train.features,
      targets: .classes(classes.shuffled(using: &generator), labels: labels))
    let trained = try await Digits.mlp(512).fit(
      train, epochs: 120, optimizer: .adam(learningRate: 0.003),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .data(parts.test))
    return Findings(
      trainAccuracies: trained.history("accuracy"),
      testAccuracies: trained.history("val_accuracy"),
      baseline: Double(counts.max() ?? 0) / Double(parts.test.count))
  }
}

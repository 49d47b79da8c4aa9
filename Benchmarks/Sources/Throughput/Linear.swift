import Foundation
import Moru

extension Throughput {
  /// Logistic and softmax regression.
  static let linear: [any Workload] = [
    logistic("logistic regression 100,000 × 50", width: 50, classes: 2),
    logistic("logistic regression 10,000 × 300", width: 300, classes: 2),
    logistic("softmax regression 60,000 × 64, 10 classes", width: 64, classes: 10),
  ]

  /// The mean loss that was reached. The slopes of the mean loss at which learning stops are
  /// scikit-learn's.
  private static func logistic(_ name: String, width: Int, classes: Int) -> any Workload {
    Throughput(name) { (model: TrainedModel, data: Dataset, truth: [Int]) in
      let answers = try await Predictor(model).predict([data.features[0].values])[0]
      let chances = try answers.converted(to: .float64).array(of: Double.self)
      return try NumberTable(chances, width: classes).logLoss(truth: truth)
    } prepare: { folder in
      let features = try InputFile.rows("features", in: folder, width: width)
      let truth: [Int] = try InputFile.numbers("classes", in: folder)
      let labels = (0..<classes).map { "\($0)" }
      let data = try Dataset(
        source: name, features: [.init(values: features)],
        targets: .classes(truth.map(Int32.init), labels: labels))
      let learner = LogisticRegression(tolerance: 1e-4)
      return { (try learner.learn(data, seed: 0), data, truth) }
    }
  }
}

package import Moru

/// What more data would bring: with few samples a simple learner is as good as a deep one or better,
/// with more the deep one pulls ahead.
package struct LearningCurves: Lesson {
  package static let name = "learning-curve"
  package static let claim =
    "A deep network needs more samples than a simple learner, and makes more of them."

  package struct Findings: LessonFindings {
    /// Numbers of training pictures.
    package let counts: [Int]
    /// For each learner the test accuracy by number of training pictures.
    package let learners: [(name: String, accuracies: [Double])]

    package var summary: String {
      learners.map { name, accuracies in
        let figures = zip(counts, accuracies).map { "\($1.short) of \($0)" }
        return "\(name): accuracy " + figures.joined(separator: ", ")
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Test accuracy by amount of data", xTitle: "Training pictures",
        labels: counts.map { "\($0)" },
        series: learners.map { .init(name: $0.name, values: $0.accuracies) })
    }
  }

  private let counts = [20, 50, 100, 200, 500, 1347]

  package init() {}

  package func run() async throws -> Findings {
    let (train, test) = try Digits.split()
    let logistic = Sequential {
      Rescaling(1.0 / 16)
      Flatten()
      Dense(10, activation: .softmax, kernelRegularizer: .l2(1e-3))
    }
    let cnn = Sequential {
      Rescaling(1.0 / 16)
      Conv2D(32, kernel: 3, padding: .same, activation: .relu)
      Conv2D(64, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dropout(0.5)
      Dense(128, activation: .relu)
      Dense(10, activation: .softmax)
    }
    func accuracies(_ model: Sequential) async throws -> [Double] {
      var result: [Double] = []
      for count in counts {
        // As many steps whatever the amount of data.
        let trained = try await model.fit(
          train.subset(Array(0..<count)), epochs: 1200 / ((count + 31) / 32),
          optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
        result.append(try await trained.evaluate(test, metrics: [.accuracy])[.accuracy])
      }
      return result
    }
    return Findings(
      counts: counts,
      learners: [
        ("nearest neighbour", try await counts.asyncMap { try await nearest($0, train, test) }),
        ("logistic regression", try await accuracies(logistic)),
        ("convolutional network", try await accuracies(cnn)),
      ])
  }

  /// The accuracy of answering with the class of the nearest training picture.
  private func nearest(_ count: Int, _ train: Dataset, _ test: Dataset) async throws -> Double {
    func rows(_ data: Dataset) -> Tensor {
      Tensor(data.features[0].values.converted(to: .float32)).reshaped(to: [data.count, 64])
    }
    let few = try train.subset(Array(0..<count))
    let (known, asked) = (rows(few), rows(test))
    // |a − b|² without |a|², which does not change who is nearest.
    let distances =
      square(known).sum(axes: [1]).expanded(at: 0) - 2 * matmul(asked, known.transposed([1, 0]))
    let places = try await (-distances).argMax().value(on: .cpu).array(of: Int32.self)
    guard let known = few.classes?.indices, let truth = test.classes?.indices else { return .nan }
    let hits = zip(places, truth).count { known[Int($0)] == $1 }
    return Double(hits) / Double(test.count)
  }
}

extension Array {
  /// What `transform` makes of each element, one after the other.
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}

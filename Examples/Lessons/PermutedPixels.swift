import Foundation
package import Moru

/// A convolution assumes that neighbouring pixels belong together. Where that is true it learns more
/// from few pictures; where it is not, the assumption is of no use.
package struct PermutedPixels: Lesson {
  package static let name = "permuted"
  package static let claim =
    "A CNN's lead over an MLP shrinks when every picture's pixels are shuffled in the same way."

  package struct Findings: LessonFindings {
    /// The mean test accuracy over the seeds, of pictures as they are and with shuffled pixels.
    package let cnn: (asTheyAre: Double, shuffled: Double)
    package let mlp: (asTheyAre: Double, shuffled: Double)

    /// By how much the CNN is better.
    package var leads: (asTheyAre: Double, shuffled: Double) {
      (cnn.asTheyAre - mlp.asTheyAre, cnn.shuffled - mlp.shuffled)
    }

    package var summary: String {
      [
        "CNN: accuracy \(cnn.asTheyAre.short), with shuffled pixels \(cnn.shuffled.short)",
        "MLP: accuracy \(mlp.asTheyAre.short), with shuffled pixels \(mlp.shuffled.short)",
      ].joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Test accuracy, learned from 500 digits of MNIST", xTitle: "Pixels",
        labels: ["as they are", "shuffled"],
        series: [
          .init(name: "CNN", values: [cnn.asTheyAre, cnn.shuffled]),
          .init(name: "MLP", values: [mlp.asTheyAre, mlp.shuffled]),
        ])
    }
  }

  private static let seeds: [Seed] = [0, 1, 2]

  package init() {}

  package func run() async throws -> Findings {
    let cnn = Sequential {
      Rescaling(1.0 / 255)
      Conv2D(16, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Conv2D(32, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dropout(0.5)
      Dense(10, activation: .softmax)
    }
    let mlp = Sequential {
      Rescaling(1.0 / 255)
      Flatten()
      Dense(128, activation: .relu)
      Dense(10, activation: .softmax)
    }
    let digits = try Dataset.mnist(at: URL(filePath: "Examples/data/mnist_sample"))
    func accuracies(_ model: Sequential) async throws -> (Double, Double) {
      (
        try await accuracy(model, on: digits, permuting: false),
        try await accuracy(model, on: digits, permuting: true)
      )
    }
    return Findings(cnn: try await accuracies(cnn), mlp: try await accuracies(mlp))
  }

  /// The mean test accuracy of the seeds, each of which learns from another half.
  private func accuracy(
    _ model: Sequential, on digits: (train: Dataset, test: Dataset), permuting: Bool
  ) async throws -> Double {
    var sum = 0.0
    for seed in Self.seeds {
      var train = try digits.train.trainTestSplit(testFraction: 0.5, stratified: true, seed: seed)
        .train
      var test = digits.test
      if permuting {
        var generator = seed.child("pixels").generator
        let order = Array(0..<28 * 28).shuffled(using: &generator)
        (train, test) = (try Self.permuted(train, order), try Self.permuted(test, order))
      }
      let trained = try await model.fit(
        train, epochs: 30, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
        metrics: [.accuracy], seed: seed)
      sum += try await trained.evaluate(test)[.accuracy]
    }
    return sum / Double(Self.seeds.count)
  }

  private static func permuted(_ data: Dataset, _ order: [Int]) throws -> Dataset {
    let pixels = try data.features[0].values.array(of: UInt8.self)
    let moved = (0..<data.count).flatMap { sample in
      order.map { pixels[order.count * sample + $0] }
    }
    return try Dataset(
      source: "permuted \(data.source)",
      features: [.init(values: HostTensor(moved, shape: data.features[0].values.shape))],
      targets: data.targets)
  }
}

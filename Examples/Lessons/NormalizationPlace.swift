package import Moru

/// Batch normalization makes a deep network learn at once, before the activation (Ioffe, Szegedy
/// 2015, arXiv:1502.03167) and behind it alike.
package struct NormalizationPlace: Lesson {
  package static let name = "normalization"
  package static let claim =
    "Batch normalization speeds learning up, before the activation and behind it alike."

  package struct Findings: LessonFindings {
    /// The training loss by epoch, without normalization, with it before the activations, and
    /// behind them. Losses on other data jump in the first epochs: there the running means of units
    /// that are hardly ever active decide.
    package let (without, before, behind): ([Double], [Double], [Double])

    package var summary: String {
      [("without", without), ("before", before), ("behind", behind)].map { name, losses in
        "\(name): training loss \(losses[1].short) after 2 epochs, "
          + "\((losses.last ?? .nan).short) at the end"
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Training loss of five layers, by the place of batch normalization",
        series: [
          .init(name: "none", values: without), .init(name: "before relu", values: before),
          .init(name: "behind relu", values: behind),
        ])
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let parts = try Digits.split()
    func losses(_ block: () -> [any Layer]) async throws -> [Double] {
      let hidden = (0..<4).flatMap { _ in block() }
      let model = Sequential(
        [Rescaling(1.0 / 16), Flatten()] + hidden + [Dense(10, activation: .softmax)])
      return try await model.fit(
        parts.train, epochs: 10, optimizer: .sgd(learningRate: 0.01),
        loss: .sparseCategoricalCrossentropy
      ).history("loss")
    }
    return Findings(
      without: try await losses { [Dense(64), Activation(.relu)] },
      before: try await losses { [Dense(64), BatchNormalization(), Activation(.relu)] },
      behind: try await losses { [Dense(64), Activation(.relu), BatchNormalization()] })
  }
}

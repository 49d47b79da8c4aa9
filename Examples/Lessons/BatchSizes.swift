package import Moru

/// An epoch of large batches takes few steps: at the same learning rate it learns less. A rate that
/// grows with the batch makes up for most of it (Goyal et al. 2017, arXiv:1706.02677).
package struct BatchSizes: Lesson {
  package static let name = "batch-size"
  package static let claim =
    "At one learning rate larger batches learn less in an epoch; a rate in proportion makes up for it."

  package struct Findings: LessonFindings {
    /// For each batch size the training loss after the last epoch, at one rate and at a rate in
    /// proportion to the batch.
    package let sizes: [(size: Int, loss: Double, scaledLoss: Double)]

    package var summary: String {
      sizes.map {
        "batches of \($0.size): loss \($0.loss.short), at a rate in proportion "
          + $0.scaledLoss.short
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Training loss after ten epochs", xTitle: "Batch size",
        labels: sizes.map { "\($0.size)" },
        series: [
          .init(name: "one rate", values: sizes.map(\.loss)),
          .init(name: "rate in proportion", values: sizes.map(\.scaledLoss)),
        ])
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let train = try Digits.split().train
    func loss(_ size: Int, rate: Double) async throws -> Double {
      let trained = try await Digits.mlp().fit(
        train, epochs: 10, batchSize: size, optimizer: .sgd(learningRate: .constant(rate)),
        loss: .sparseCategoricalCrossentropy)
      return trained.history("loss").last ?? .nan
    }
    var sizes: [(Int, Double, Double)] = []
    for size in [8, 16, 32, 64, 128, 256, 512, 1024] {
      let scaledLoss = try await loss(size, rate: 0.01 * Double(size) / 8)
      sizes.append((size, try await loss(size, rate: 0.01), scaledLoss))
    }
    return Findings(sizes: sizes)
  }
}

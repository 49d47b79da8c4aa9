import Foundation
package import Moru

/// Products of matrices are matrices: without activations between them, three layers are one.
package struct LinearStack: Lesson {
  package static let name = "linear"
  package static let claim = "A stack of layers without activations can do no more than one layer."

  package struct Findings: LessonFindings {
    /// The greatest difference between the outputs of the stack and of the one layer made of it.
    package let difference: Double
    /// The accuracy on new points by epoch: of one layer, of three, and of three with relu.
    package let curves: [(name: String, accuracies: [Double])]

    /// The accuracy at the end of a network's training.
    package func accuracy(of name: String) -> Double {
      curves.first { $0.name == name }?.accuracies.last ?? .nan
    }

    package var summary: String {
      let ends = curves.map { "\($0.name): accuracy \(($0.accuracies.last ?? .nan).short)" }
      return
        (ends + [
          "three layers and their product differ by at most \(String(format: "%.1e", difference))"
        ]).joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Inside or outside a circle: accuracy on new points",
        series: curves.map { LineChart.Series(name: $0.name, values: $0.accuracies) })
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let points = try Self.circle(count: 600, seed: 1)
    let test = try Self.circle(count: 400, seed: 2)
    func stack(_ hidden: ActivationFunction, depth: Int) -> Sequential {
      let layers: [any Layer] = (1..<depth).map { _ in Dense(16, activation: hidden) }
      return Sequential(layers + [Dense(1, activation: .sigmoid)])
    }
    var curves: [(String, [Double])] = []
    var difference = Double.nan
    for (name, model) in [
      ("one layer", stack(.linear, depth: 1)), ("three layers", stack(.linear, depth: 3)),
      ("three with relu", stack(.relu, depth: 3)),
    ] {
      let trained = try await model.fit(
        points, epochs: 30, optimizer: .adam(learningRate: 0.01), loss: .binaryCrossentropy,
        metrics: [.accuracy], validation: .data(test))
      curves.append((name, trained.history("val_accuracy")))
      if name == "three layers" { difference = try await self.difference(of: trained, on: test) }
    }
    return Findings(difference: difference, curves: curves)
  }

  /// How far the outputs of three linear layers are from those of the layer that is their product.
  private func difference(of stack: TrainedModel, on data: Dataset) async throws -> Double {
    func weight(_ name: String) -> Tensor { stack.weights[name].map { Tensor($0) } ?? 0 }
    let kernels = ["dense", "dense_1", "dense_2"].map { weight($0 + "/kernel") }
    let biases = ["dense", "dense_1", "dense_2"].map { weight($0 + "/bias") }
    let kernel = matmul(matmul(kernels[0], kernels[1]), kernels[2])
    let inner = matmul(biases[0].expanded(at: 0), kernels[1]) + biases[1]
    let bias = matmul(inner, kernels[2]) + biases[2]
    let single = sigmoid(matmul(Tensor(data.features[0].values), kernel) + bias)
    let gap = abs(single - Tensor(try await stack.predict(data))).max()
    return try await gap.converted(to: .float64).value(on: .cpu).array(of: Double.self)[0]
  }

  /// Points of a square; those within a circle that covers half of it are to be told from the rest.
  private static func circle(count: Int, seed: Seed) throws -> Dataset {
    let numbers = seed.uniform(count: 2 * count).map { 2 * $0 - 1 }
    let points = stride(from: 0, to: 2 * count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    return try Dataset(
      source: "circle",
      features: [.init(values: HostTensor(points.map { [Float($0.0), Float($0.1)] }))],
      targets: .values(points.map { $0.0 * $0.0 + $0.1 * $0.1 < 2 / Double.pi ? 1 : 0 }))
  }
}

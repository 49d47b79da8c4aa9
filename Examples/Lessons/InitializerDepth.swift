import Foundation
package import Moru

/// Thirty layers before any training: Xavier's weights let signals die out under relu, and He's keep
/// them (Glorot, Bengio 2010, AISTATS; He et al. 2015, arXiv:1502.01852). docs/initializers.md says why.
package struct InitializerDepth: Lesson {
  package static let name = "initializers"
  package static let claim =
    "Under relu Xavier's weights let signals die out, He's keep them; under tanh Xavier's fit."

  /// What becomes of signals with one activation and one initializer.
  package struct Depths: Sendable {
    package let name: String
    /// The mean square of the outputs of each layer, first layer first.
    package let signals: [Double]
    /// The root mean square of the gradient at the first layer's outputs, if 1 arrives at the last's.
    package let gradient: Double
    /// The share of the last layer's outputs beyond ±0.9.
    package let saturated: Double
  }

  package struct Findings: LessonFindings {
    package let (reluXavier, reluHe, tanhXavier, tanhHe): (Depths, Depths, Depths, Depths)

    private var all: [Depths] { [reluXavier, reluHe, tanhXavier, tanhHe] }

    package var summary: String {
      func power(_ number: Double) -> String { String(format: "%.1e", number) }
      return all.map { depths in
        let signals = [0, 9, 19, 29].map { power(depths.signals[$0]) }.joined(
          separator: " | ")
        return "| \(depths.name) | \(signals) | \(power(depths.gradient)) "
          + "| \(Int((100 * depths.saturated).rounded())) % |"
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Mean square of each layer's outputs, as powers of ten", xTitle: "Layer",
        series: all.map { .init(name: $0.name, values: $0.signals.map(log10)) })
    }
  }

  package init() {}

  private static let (depth, width, samples) = (30, 256, 64)

  package func run() async throws -> Findings {
    Findings(
      reluXavier: try await depths("relu, Xavier", .relu, .glorotNormal),
      reluHe: try await depths("relu, He", .relu, .heNormal),
      tanhXavier: try await depths("tanh, Xavier", .tanh, .glorotNormal),
      tanhHe: try await depths("tanh, He", .tanh, .heNormal))
  }

  private func depths(
    _ name: String, _ activation: ActivationFunction, _ initializer: any Initializer
  ) async throws -> Depths {
    let (rows, columns) = (Self.samples, Self.width)
    func numbers(_ initializer: any Initializer, _ rows: Int, _ part: String) -> Tensor {
      let shape: Shape = [rows, columns]
      return Tensor(
        initializer.values(
          type: TensorType(.float64, shape), fan: Fan(shape), seed: Seed(5).child(part)))
    }
    let normal = RandomNormal(standardDeviation: 1)
    var outputs = [numbers(normal, rows, "input")]
    for layer in 1...Self.depth {
      let kernel = numbers(initializer, columns, "layer\(layer)")
      outputs.append(activation(matmul(outputs[layer - 1], kernel)))
    }
    // A random direction at the end, so that no sign is preferred.
    let last = outputs[Self.depth]
    let arriving = gradients(
      of: (last * numbers(normal, rows, "direction")).sum(), at: [outputs[1]])[0]
    let isSaturated = (abs(last) .> 0.9).converted(to: .float64)
    let figures =
      outputs.dropFirst().map { square($0).mean() }
      + [sqrt(square(arriving).mean()), isSaturated.mean()]
    let values = try await CPUExecutor.shared.values(of: figures).map {
      try $0.array(of: Double.self)[0]
    }
    return Depths(
      name: name, signals: Array(values.prefix(Self.depth)), gradient: values[Self.depth],
      saturated: values[Self.depth + 1])
  }
}

import Foundation
package import Moru

/// A rate too small crawls, one too large diverges; and following the slope ends in the nearest
/// valley, not in the deepest.
package struct LearningRates: Lesson {
  package static let name = "learning-rate"
  package static let claim =
    "Too large a learning rate diverges, too small a one crawls, and local minima trap."

  package struct Findings: LessonFindings {
    /// The training loss of the digits by epoch and learning rate.
    package let curves: [(rate: Double, losses: [Double])]
    /// Where descents of `x⁴ − 3x² + x` end, by where they start.
    package let valleys: [(start: Double, end: Double)]

    package var summary: String {
      let rates = curves.map { "rate \($0.rate): loss \(($0.losses.last ?? .nan).short)" }
      let ends = valleys.map { start, end in
        let height = pow(end, 4) - 3 * end * end + end
        return "descent from \(start) ends at \(end.short), height \(height.short)"
      }
      return (rates + ends).joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Training loss of the digits at several learning rates",
        series: curves.map { LineChart.Series(name: "\($0.rate)", values: $0.losses) })
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let train = try Digits.split().train
    var curves: [(Double, [Double])] = []
    for rate in [0.001, 0.1, 5] {
      let trained = try await Digits.mlp().fit(
        train, epochs: 15, optimizer: .sgd(learningRate: .constant(rate)),
        loss: .sparseCategoricalCrossentropy)
      curves.append((rate, trained.history("loss")))
    }
    var valleys: [(Double, Double)] = []
    for start in [-2.0, 2] { valleys.append((start, try await descend(from: start))) }
    return Findings(curves: curves, valleys: valleys)
  }

  /// Where gradient descent on `x⁴ − 3x² + x` ends after 200 steps.
  private func descend(from start: Double) async throws -> Double {
    let step = compiled(state: Tensor(start), on: .cpu) { (x: inout Tensor) in
      let (_, _, slope) = valueAndGradient(at: x) { x in
        (square(square(x)) - 3 * square(x) + x, ())
      }
      x = x - 0.01 * slope
      return [Tensor]()
    }
    for _ in 0..<200 { _ = try await step() }
    let end = try await step.snapshot()
    return Double(try await end.value(on: .cpu).array(of: Float.self)[0])
  }
}

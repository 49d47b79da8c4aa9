import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// The mean over classes of the fraction of their samples that are found: it needs a count for each.
private struct BalancedAccuracy: Metric, PlainPart {
  static let kind = "balancedAccuracy"
  var isBetterGreater: Bool { true }

  func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    let classes = prediction.shape.last ?? 1
    let truth = target.converted(to: .int32).oneHot(depth: classes, dtype: .float64)
    let found = prediction.argMax().oneHot(depth: classes, dtype: .float64)
    return [(truth * found).sum(axes: [0]), truth.sum(axes: [0])]
  }

  func value(sums: [[Double]]) -> Double {
    zip(sums[0], sums[1]).map { $0 / $1 }.reduce(0, +) / Double(sums[0].count)
  }
}

@Test func metricsKeepSumsOfAnyShape() async throws {
  // 500 samples: several batches and a shorter one, in training and in evaluation.
  let digits = try Digits.load(count: 500)
  let trained = try await Digits.mlp.fit(
    digits, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
    metrics: [.accuracy, BalancedAccuracy()], validation: .data(digits))
  let evaluation = try await trained.evaluate(digits, metrics: [.accuracy, BalancedAccuracy()])

  let outputs = try await trained.predict(digits).array(of: Float.self)
  guard case .classes(let classes, _) = digits.target else { return }
  var (hits, counts) = ([Double](repeating: 0, count: 10), [Double](repeating: 0, count: 10))
  for (row, truth) in classes.enumerated() {
    let scores = outputs[row * 10..<row * 10 + 10]
    counts[Int(truth)] += 1
    if scores.firstIndex(of: scores.max() ?? 0) == row * 10 + Int(truth) { hits[Int(truth)] += 1 }
  }
  let expected = zip(hits, counts).map { $0 / $1 }.reduce(0, +) / 10
  #expect(abs(evaluation[BalancedAccuracy()] - expected) < 1e-12)
  // Sums begin anew with every epoch: what the last one says is what a fresh count says.
  let figures = try #require(trained.training?.epochs.last?.figures)
  #expect(figures["val_balancedAccuracy"] == evaluation[BalancedAccuracy()])
  #expect(figures["val_accuracy"] == evaluation[.accuracy])
}

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

/// Sequences of three to five steps, padded to six, and a target for each step.
private struct Sequences {
  static let lengths = [5, 3, 4, 5, 3]
  let places: HostTensor
  let data: Dataset
  /// What is true at the steps that count, and where they are.
  var truth: [(place: Int, value: Float)] = []

  init(isWords: Bool) throws {
    var (steps, targets) = ([Float](), [Float]())
    for (row, length) in Self.lengths.enumerated() {
      for step in 0..<6 {
        let number = Float((row * 5 + step * 3) % 7 + 1)
        steps.append(step < length ? number : 0)
        // Padding has targets far off, which must not count.
        targets.append(step < length ? number / 7 : 100)
        if step < length { truth.append((row * 6 + step, number / 7)) }
      }
    }
    let numbers = HostTensor(steps)
    places =
      try isWords
      ? numbers.converted(to: .int32).reshaped(to: [5, 6]) : numbers.reshaped(to: [5, 6, 1])
    data = try Dataset(
      source: "sequences", features: [.init(values: places)],
      targets: .tensor(try HostTensor(targets).reshaped(to: [5, 6, 1])))
  }
}

@Test("metrics leave out the steps that a mask hides", arguments: [false, true])
func metricsHeedMasks(isWords: Bool) async throws {
  let sequences = try Sequences(isWords: isWords)
  let first: any Layer = isWords ? Embedding(8, 3, maskZero: true) : Masking()
  let model = Sequential {
    first
    GRU(4, returnSequences: true)
    Dense(1)
  }
  let metrics: [any Metric] = [.meanAbsoluteError, .named("again", .meanSquaredError)]
  // Weights stay as they are, so that the training's figures are those of the model that it returns.
  let trained = try await model.fit(
    sequences.data, epochs: 1, batchSize: 2, optimizer: .sgd(learningRate: 0),
    loss: .meanSquaredError, metrics: metrics, validation: .data(sequences.data))
  let outputs = try await trained.predict(sequences.data).array(of: Float.self)
  let errors = sequences.truth.map { Double(abs(outputs[$0.place] - $0.value)) }
  let absolute = errors.reduce(0, +) / Double(errors.count)
  let squared = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
  let figures = try #require(trained.training?.epochs.last?.figures)
  for prefix in ["", "val_"] {
    #expect(abs(try #require(figures[prefix + "meanAbsoluteError"]) - absolute) < 1e-5)
    #expect(abs(try #require(figures[prefix + "again"]) - squared) < 1e-5)
  }
  let evaluation = try await trained.evaluate(sequences.data, metrics: metrics)
  #expect(abs(evaluation[.meanAbsoluteError] - absolute) < 1e-5)
}

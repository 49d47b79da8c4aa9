import Foundation
import MoruArchive
import MoruGraph
import MoruMetrics
import MoruReference
import MoruTensors
import Testing

/// What a metric says of batches, one after another as in training.
private func value(
  of metric: any Metric, _ batches: [(target: HostTensor, prediction: HostTensor)]
) async throws -> Double {
  var sums: [[Double]] = []
  for batch in batches {
    let terms = metric.sums(target: Tensor(batch.target), prediction: Tensor(batch.prediction))
    let values = try await ReferenceExecutor().values(of: terms).map {
      try $0.array(of: Double.self)
    }
    sums = sums.isEmpty ? values : zip(sums, values).map { zip($0, $1).map { $0 + $1 } }
  }
  return metric.value(sums: sums)
}

private let scores = try? HostTensor(
  [[0.1, 0.7, 0.2], [0.8, 0.1, 0.1], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3]] as [[Float]])

@Suite("Metrics on the device") struct DeviceMetricTests {
  @Test(
    "accuracy of class numbers, in any whole type and with or without a last axis",
    arguments: [DType.int32, .int64, .uint8], [[4], [4, 1]] as [Shape])
  func sparseAccuracy(dtype: DType, shape: Shape) async throws {
    let target = try HostTensor([1, 0, 1, 1] as [Int64], shape: shape).converted(to: dtype)
    let prediction = try #require(scores)
    #expect(try await value(of: .accuracy, [(target, prediction)]) == 0.75)
  }

  @Test("accuracy of one-hot rows")
  func oneHotAccuracy() async throws {
    let target = try HostTensor([[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]] as [[Float]])
    let prediction = try #require(scores)
    #expect(try await value(of: .accuracy, [(target, prediction)]) == 0.75)
  }

  @Test("accuracy of every place of a sequence")
  func sequenceAccuracy() async throws {
    let prediction = try #require(scores).reshaped(to: [2, 2, 3])
    let target = try HostTensor([1, 0, 1, 1] as [Int32], shape: [2, 2])
    #expect(try await value(of: .accuracy, [(target, prediction)]) == 0.75)
  }

  @Test(
    "accuracy of yes and no, by a threshold",
    arguments: [(0.5, 0.5), (0.3, 0.75), (0.95, 0.5), (0.1, 0.5)])
  func binaryAccuracy(threshold: Double, accuracy: Double) async throws {
    let prediction = try HostTensor([0.4, 0.2, 0.6, 0.9] as [Float], shape: [4, 1])
    let target = HostTensor([1, 0, 0, 1] as [Int32])
    let found = try await value(of: Accuracy(threshold: threshold), [(target, prediction)])
    #expect(found == accuracy)
  }

  @Test("errors are those of NumPy's formulas")
  func errors() async throws {
    let target = HostTensor([1, -2, 0.5, 4] as [Float])
    let prediction = try HostTensor([1.5, -2, -1.5, 5] as [Float], shape: [4, 1])
    // Errors 0.5, 0, −2, 1.
    #expect(try await value(of: .meanAbsoluteError, [(target, prediction)]) == 0.875)
    #expect(try await value(of: .meanSquaredError, [(target, prediction)]) == 1.3125)
    #expect(
      try await value(of: .rootMeanSquaredError, [(target, prediction)]) == 1.3125.squareRoot())
  }

  @Test("sums are Float64: many small errors beside a great one are not lost")
  func float64Sums() async throws {
    // In Float32, 10⁸ + 1 is 10⁸.
    let target = HostTensor([Float](repeating: 0, count: 101))
    let prediction = try HostTensor([1e8] + [Float](repeating: 1, count: 100), shape: [101, 1])
    let terms = MeanAbsoluteErrorMetric().sums(
      target: Tensor(target), prediction: Tensor(prediction))
    #expect(terms.map(\.type) == [TensorType(.float64, []), TensorType(.float64, [])])
    let values = try await ReferenceExecutor().values(of: terms)
    #expect(values == [HostTensor(100_000_100.0), HostTensor(101.0)])
  }

  @Test("what a mask hides does not count, and weights weigh")
  func sampleWeights() async throws {
    let target = try HostTensor([[1, 2], [3, 4]] as [[Float]])
    let prediction = try HostTensor([[2, 2], [9, 1]] as [[Float]])
    func value(_ weight: HostTensor) async throws -> Double {
      let terms = MeanAbsoluteErrorMetric().sums(
        target: Tensor(target), prediction: Tensor(prediction), sampleWeight: Tensor(weight))
      return MeanAbsoluteErrorMetric().value(
        sums: try await ReferenceExecutor().values(of: terms).map { try $0.array() })
    }
    #expect(try await value(try HostTensor([[true, true], [false, true]])) == 4.0 / 3)
    #expect(try await value(HostTensor([3, 1] as [Float])) == 1.5)
    #expect(try await value(HostTensor([0, 0] as [Float])).isNaN)
  }

  @Test("a mean of no samples is NaN, and counts of nothing are 0")
  func noSamples() {
    for metric in [MeanAbsoluteErrorMetric(), Accuracy(), Perplexity()] as [any Metric] {
      #expect(metric.value(sums: [[0], [0]]).isNaN)
    }
    let counts =
      [
        TruePositives(), Precision(), Recall(), F1Score(), RecallAtPrecision(), AUC(),
      ] as [any Metric]
    for metric in counts { #expect(metric.value(sums: [[0, 0], [0, 0], [0], [0]]) == 0) }
    #expect(MeanIoU().value(sums: [[0, 0], [0, 0], [0, 0]]) == 0)
  }

  @Test("greater is better but for errors, losses and wrong answers")
  func directions() {
    let smaller = metricCatalog.filter { !$0.isBetterGreater }.map { type(of: $0).kind }
    #expect(
      smaller == [
        "binaryCrossentropy", "categoricalCrossentropy", "categoricalHinge", "falseNegatives",
        "falsePositives", "hammingLoss", "hinge", "klDivergence", "logCosh", "meanAbsoluteError",
        "meanAbsolutePercentageError", "meanSquaredError", "meanSquaredLogarithmicError",
        "perplexity", "poisson", "rootMeanSquaredError", "sparseCategoricalCrossentropy",
        "squaredHinge",
      ])
  }

  @Test("a NaN in a prediction is not lost")
  func notANumber() async throws {
    let target = try HostTensor([[0, 1], [1, 0]] as [[Float]])
    let prediction = try HostTensor([[0.25, .nan], [0.5, 0.5]] as [[Float]])
    let means =
      [
        MeanAbsoluteErrorMetric(), CosineSimilarityMetric(), PearsonCorrelation(),
        ConcordanceCorrelation(), BinaryCrossentropyMetric(), R2Score(),
      ] as [any Metric]
    for metric in means {
      let found = try await value(of: metric, [(target, prediction)])
      #expect(found.isNaN, "\(metric.name)")
    }
  }

  @Test("the greatest scores are the first among equals, and no score that is no number")
  func ties() async throws {
    let target = HostTensor([2, 0, 1, 3] as [Int32])
    let prediction = try HostTensor(
      [[0.5, 0.5, 0.5], [.nan, 0.5, 0.25], [0.5, 0.75, .nan], [0.5, 0.25, 0.125]] as [[Float]])
    // Equal to the greatest; NaN; the greatest number; no class.
    #expect(
      try await value(of: .sparseTopKCategoricalAccuracy(k: 1), [(target, prediction)]) == 0.5)
    let labels = try HostTensor([[1, 1, 1]] as [[Float]])
    let equal = try HostTensor([[0.5, 0.5, 0.5]] as [[Float]])
    #expect(try await value(of: .recall(topK: 2), [(labels, equal)]) == 2.0 / 3)
    #expect(try await value(of: .recall(topK: 9), [(labels, equal)]) == 1)
  }

  @Test("a hidden step counts in no metric")
  func masks() async throws {
    let mask = Tensor(try HostTensor([[true, false], [true, true]]))
    let truth = try HostTensor([1, 0, 1, 0] as [Int32], shape: [2, 2])
    // Wrong at the hidden step only.
    let scores = try HostTensor([0, 1, 0, 1, 0, 1, 1, 0] as [Float], shape: [2, 2, 2])
    let metrics =
      [
        Accuracy(), SparseCategoricalAccuracy(), MeanIoU(), SparseTopKCategoricalAccuracy(k: 1),
      ] as [any Metric]
    for metric in metrics {
      let terms = metric.sums(
        target: Tensor(truth), prediction: Tensor(scores), sampleWeight: mask)
      let sums = try await ReferenceExecutor().values(of: terms).map {
        try $0.array(of: Double.self)
      }
      #expect(metric.value(sums: sums) == 1, "\(metric.name)")
    }
  }

  @Test("targets that do not fit are an error with a next step, not a wrong figure")
  func misfits() async throws {
    func failure(_ metric: any Metric, _ target: TensorType, _ prediction: TensorType) -> String {
      let sums = metric.sums(target: .placeholder(target), prediction: .placeholder(prediction))
      guard case .unfit(let operation, let types, let mismatch, _) = sums[0].error else {
        return ""
      }
      return "\(operation) \(types): \(mismatch.reason). \(mismatch.remedy)"
    }
    #expect(
      failure(.accuracy, TensorType(.int32, [4, 2]), TensorType(.float32, [4, 3])) == """
        accuracy [i32[4, 2], f32[4, 3]]: targets are neither class numbers nor one-hot rows. \
        Pass targets of shape [4] or [4, 3].
        """)
    #expect(
      failure(.accuracy, TensorType(.int32, [4]), TensorType(.float32, [4])) == """
        accuracy [i32[4], f32[4]]: predictions have no class axis. \
        Pass predictions [batch, classes].
        """)
    #expect(
      failure(.meanSquaredError, TensorType(.float32, [4, 3]), TensorType(.float32, [4, 1])) == """
        meanSquaredError [f32[4, 3], f32[4, 1]]: targets and predictions differ in shape. \
        Make the model's output [3] per sample.
        """)
    func refusal(_ metric: any Metric, _ target: Shape, _ prediction: Shape) -> String {
      failure(metric, TensorType(.float32, target), TensorType(.float32, prediction))
    }
    #expect(
      refusal(.precision(thresholds: [0.5, 1.5]), [4, 3], [4, 3]) == """
        precision [f32[4, 3], f32[4, 3]]: a threshold is 1.5. Choose thresholds between 0 and 1.
        """)
    #expect(
      refusal(.recall(classId: 3), [4, 3], [4, 3]) == """
        recall [f32[4, 3], f32[4, 3]]: there is no class 3 among 3. Choose a classId from 0 to 2.
        """)
    #expect(
      refusal(.recall(topK: 0), [4, 3], [4, 3]) == """
        recall [f32[4, 3], f32[4, 3]]: topK is 0. Choose a whole number of at least 1.
        """)
    #expect(
      refusal(.auc(multiLabel: true), [4], [4]) == """
        auc [f32[4], f32[4]]: predictions have no axis of labels. Pass predictions [batch, labels].
        """)
    #expect(
      refusal(.auc(labelWeights: [1, 2]), [4, 3], [4, 3]) == """
        auc [f32[4, 3], f32[4, 3]]: there are 2 label weights. Pass one weight for each label.
        """)
    #expect(
      refusal(.f1Score, [4, 3], [4, 2]) == """
        f1Score [f32[4, 3], f32[4, 2]]: targets and predictions differ in shape. \
        Make the model's output [3] per sample.
        """)
    #expect(
      refusal(.iou, [4, 3], [4, 3]) == """
        iou [f32[4, 3], f32[4, 3]]: predictions are class numbers, which do not say how many classes \
        there are. Pass classes, or predictions with an axis of scores.
        """)
    #expect(
      refusal(.iou(targetClassIds: [5]), [4], [4, 3]) == """
        iou [f32[4], f32[4, 3]]: there is no class 5 among 3. Choose targetClassIds from 0 to 2.
        """)
    #expect(
      refusal(.oneHotIoU, [4, 3], [4, 2]) == """
        oneHotIoU [f32[4, 3], f32[4, 2]]: predictions are neither scores nor class numbers for one-hot \
        targets. Pass targets [batch, …, classes], and predictions alike or without the last axis.
        """)
    #expect(
      refusal(.sparseTopKCategoricalAccuracy, [4, 2], [4, 3]) == """
        sparseTopKCategoricalAccuracy [f32[4, 2], f32[4, 3]]: targets are not one class number for each \
        row of scores. Pass targets of shape [4].
        """)
    #expect(
      refusal(.r2Score, [4, 2, 2], [4, 2, 2]) == """
        r2Score [f32[4, 2, 2], f32[4, 2, 2]]: predictions are not rows of numbers. \
        Pass predictions [batch, outputs].
        """)
    #expect(
      refusal(.pearsonCorrelation, [4], [4, 1]) == """
        pearsonCorrelation [f32[4, 1], f32[4, 1]]: a sample has one entry along axis -1, which cannot \
        vary. Use r2Score for one number per sample.
        """)
    #expect(
      refusal(.concordanceCorrelation(axis: 0), [4, 2], [4, 2]) == """
        concordanceCorrelation [f32[4, 2], f32[4, 2]]: axis 0 is no axis of a sample. \
        Choose one from 1 on, or -1.
        """)
  }
}

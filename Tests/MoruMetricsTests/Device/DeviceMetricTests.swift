import Foundation
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

  @Test("batches of unequal size add up to the whole", arguments: metricCatalog.indices)
  func batches(place: Int) async throws {
    let metric = metricCatalog[place]
    let count = 37
    let numbers = Seed(7).uniform(count: 2 * count)
    let target = try HostTensor(numbers[..<count].map { Float($0).rounded() }, shape: [count, 1])
    let prediction = try HostTensor(numbers[count...].map { Float($0) }, shape: [count, 1])
    let parts = try [0..<16, 16..<32, 32..<37].map {
      (target: try target.slice($0), prediction: try prediction.slice($0))
    }
    let whole = try await value(of: metric, [(target, prediction)])
    let summed = try await value(of: metric, parts)
    #expect(abs(whole - summed) < 1e-14)
    #expect(whole > 0 && whole < 1)
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

  @Test("a figure without samples is NaN", arguments: metricCatalog.indices)
  func noSamples(place: Int) {
    #expect(metricCatalog[place].value(sums: [[0], [0]]).isNaN)
  }

  @Test("accuracy is better when greater, errors when smaller")
  func directions() {
    let better = metricCatalog.filter(\.isBetterGreater).map(\.name)
    #expect(better == ["accuracy"])
  }

  @Test("targets that do not fit are an error with a next step, not a wrong figure")
  func misfits() async throws {
    func failure(_ metric: any Metric, _ target: TensorType, _ prediction: TensorType) -> String {
      let sums = metric.sums(target: .placeholder(target), prediction: .placeholder(prediction))
      #expect(sums.count == 2)
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
  }
}

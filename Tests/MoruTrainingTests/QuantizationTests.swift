import Foundation
import GoldenKit
import MoruCPU
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

@Suite("Quantization") struct QuantizationTests {
  private static func trained(
    _ model: any Layer, epochs: Int = 12
  ) async throws -> (model: TrainedModel, train: Dataset, test: Dataset) {
    let parts = try Digits.load().trainTestSplit(testFraction: 0.25, stratified: true, seed: 1)
    let trained = try await model.fit(
      parts.train, epochs: epochs, optimizer: .adam(learningRate: 3e-3),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
    return (trained, parts.train, parts.test)
  }

  @Test("rounds as PyTorch does, with its gradient", arguments: ["unsigned", "signed"])
  func rounding(name: String) async throws {
    let file = try GoldenFile("quantized", name)
    func tensor(_ name: String) throws -> Tensor {
      Tensor(try file.tensor(name).converted(to: .float32))
    }
    let scale: [Float] = try file.tensor("scale").converted(to: .float32).array()
    let range = QuantizedRange(scale: scale[0], isSigned: name == "signed")
    let x = try tensor("x")
    let near = x.fakeQuantized(scale: Tensor(Double(range.scale)), limits: range.limits)
    let results = [
      x.quantized(to: range).converted(to: .int32), x.quantized(to: range).dequantized(from: range),
      near, gradients(of: (near * (try tensor("cotangent"))).sum(), at: [x])[0],
    ]
    for executor in [CPUExecutor.shared, ReferenceExecutor()] as [any Executor] {
      let found = try await executor.values(of: results)
      #expect(found[0] == (try file.tensor("whole")))
      let expected: [Float] = try file.tensor("near").converted(to: .float32).array()
      #expect(try found[1].array() == expected)
      #expect(try found[2].array() == expected)
      #expect(found[3] == (try file.tensor("gradient").converted(to: .float32)))
    }
  }

  @Test("a range holds what it is made of, with a sign even if that is 0")
  func ranges() {
    #expect(
      QuantizedRange(magnitude: 254, isSigned: true) == QuantizedRange(scale: 2, isSigned: true))
    #expect(
      QuantizedRange(magnitude: 0, isSigned: true) == QuantizedRange(scale: 1, isSigned: true))
    #expect(
      QuantizedRange(magnitude: .leastNonzeroMagnitude, isSigned: false)
        == QuantizedRange(scale: 1, isSigned: false))
    #expect(QuantizedRange(low: -254, high: 2) == QuantizedRange(scale: 2, isSigned: true))
    #expect(QuantizedRange(low: 0, high: 510) == QuantizedRange(scale: 2, isSigned: false))
  }

  @Test("writes kernels as PyTorch does, with a scale for each feature")
  func kernels() async throws {
    let file = try GoldenFile("quantized", "features")
    let kernel = try file.tensor("kernel").converted(to: .float32)
    let layer = Sequential { Conv2D(6, kernel: 3, useBias: false) }
    let model = try TrainedModel(
      layer: layer, weights: ["conv2d/kernel": kernel],
      signature: ModelSignature(
        inputs: [
          ModelInput(name: "input", dtype: .float32, shape: [3, 3, 4], content: InputContent())
        ],
        outputs: [
          ModelOutput(name: "output", dtype: .float32, shape: [1, 1, 6], meaning: .numbers)
        ]
      ))
    let pictures = try Dataset(
      source: "ones",
      features: [.init(values: HostTensor(repeating: Float(1), shape: [1, 3, 3, 4]))])
    let (small, _) = try await model.quantized(calibration: pictures)
    #expect(
      try #require(small.weights["conv2d/kernel"]).converted(to: .int32)
        == (try file.tensor("whole")))
    let scales: [Float] = try #require(small.weights["conv2d/kernel_scale"]).array()
    #expect(scales == (try file.tensor("scales").converted(to: .float32).array(of: Float.self)))
  }

  private static let separable = Sequential {
    Rescaling(1.0 / 8, offset: -1)
    Conv2D(9, kernel: 3, padding: .same, activation: .relu)
    DepthwiseConv2D(kernel: 3, padding: .same, depthMultiplier: 2, activation: .silu)
    Conv2D(12, kernel: 1)
    BatchNormalization()
    Activation(.relu)
    GlobalAveragePooling2D()
    Dense(10, activation: .softmax)
  }

  @Test("answers as before in a quarter of the space", arguments: ["mlp", "cnn", "separable"])
  func afterTraining(name: String) async throws {
    let networks = ["mlp": Digits.mlp, "cnn": Digits.cnn, "separable": Self.separable]
    let (model, train, test) = try await Self.trained(try #require(networks[name]))
    let (small, report) = try await model.quantized(calibration: train)
    let accuracy = try await model.evaluate(test)[.accuracy]
    #expect(try await small.evaluate(test)[.accuracy] >= accuracy - 0.02)
    #expect(report.bytesAfter < report.bytesBefore)
    #expect(report.products.count == ["mlp": 2, "cnn": 2, "separable": 4][name])
    #expect(report.kept.isEmpty)
    let kernels = small.weights.filter { $0.key.hasSuffix("kernel") }
    #expect(kernels.values.allSatisfy { $0.dtype == .int8 })
    // It is saved and loaded as any model.
    let folder = try TemporaryFolder()
    try small.save(folder.path("small.moru"))
    let loaded = try TrainedModel.load(folder.path("small.moru"))
    #expect(try await loaded.predict(test) == (try await small.predict(test)))
  }

  @Test("is the same on every executor", arguments: ["mlp", "cnn", "separable"])
  func executors(name: String) async throws {
    let networks = ["mlp": Digits.mlp, "cnn": Digits.cnn, "separable": Self.separable]
    let (model, train, test) = try await Self.trained(try #require(networks[name]), epochs: 2)
    let (small, _) = try await model.quantized(calibration: train)
    let few = try test.subset(Array(0..<7))
    let found: [Float] = try await small.predict(few).array()
    let expected: [Float] = try await small.predict(few, on: ReferenceExecutor()).array()
    // A sum close to the middle between two steps may fall to either side.
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 0.02 })
    // Whole numbers say nearly the same as what they stand for.
    let exact: [Float] = try await model.predict(few).array()
    #expect(zip(found, exact).allSatisfy { abs($0 - $1) < 0.2 })
  }

  @Test("trains for being quantized")
  func aware() async throws {
    let (model, train, test) = try await Self.trained(Self.separable)
    let start = try await model.quantizationAware(calibration: train)
    let tuned = try await start.fit(
      train, epochs: 3, optimizer: .adam(learningRate: 1e-3),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 2)
    #expect(
      start.weights.filter { $0.key.hasSuffix("_input_limit") }
        != tuned.weights.filter { $0.key.hasSuffix("_input_limit") })
    let rounded = try await tuned.evaluate(test)[.accuracy]
    let (small, report) = try tuned.quantized()
    #expect(report.products.count == 4)
    #expect(small.weights.keys.allSatisfy { !$0.hasSuffix("_input_limit") })
    let accuracy = try await small.evaluate(test)[.accuracy]
    // What training saw is what whole numbers compute.
    #expect(abs(accuracy - rounded) < 0.01)
    #expect(accuracy >= (try await model.evaluate(test)[.accuracy]) - 0.02)
    let (found, expected): ([Float], [Float]) = (
      try await small.predict(test).array(), try await tuned.predict(test).array()
    )
    #expect(zip(found, expected).filter { abs($0 - $1) > 0.05 }.count < found.count / 50)
  }

  @Test("of a training that met infinity nothing is made, and a limit of 0 keeps its sign")
  func limits() async throws {
    let numbers = (0..<256).map { Float($0) - 128 }
    let data = try Dataset(
      source: "numbers", features: [.init(values: HostTensor(numbers, shape: [4, 64]))])
    let aware = try await Self.product().quantizationAware(calibration: data)
    let name = QuantizationAware.limitName(of: "dense/kernel")
    for limit in [Float.nan, .infinity] {
      let lost = try aware.settingWeights([name: HostTensor(limit)])
      #expect(throws: QuantizationError.notFinite(weight: "dense/kernel")) {
        try lost.quantized()
      }
    }
    let still = try aware.settingWeights([name: HostTensor(Float(0))])
    #expect(try #require(still.quantized().report.products.first).input.isSigned)
  }

  @Test(
    "measures ranges",
    arguments: [RangeEstimator.minMax, .movingAverage(decay: 0.9), .percentile(99), .entropy])
  func estimators(_ estimator: RangeEstimator) async throws {
    let (model, train, test) = try await Self.trained(Digits.mlp, epochs: 4)
    let (small, report) = try await model.quantized(calibration: train, estimator: estimator)
    let range = try #require(report.products.first).input
    #expect(!range.isSigned)
    // Pixels reach from 0 to 1, and most of them are far below.
    #expect(estimator == .minMax ? abs(range.limit - 1) < 1e-6 : (0.5...1.000001) ~= range.limit)
    let accuracy = try await model.evaluate(test)[.accuracy]
    #expect(try await small.evaluate(test)[.accuracy] >= accuracy - 0.03)
  }

  /// A product of 64 numbers, whose input is the model's own.
  private static func product() throws -> TrainedModel {
    try TrainedModel(
      layer: Sequential { Dense(1, useBias: false) },
      weights: ["dense/kernel": HostTensor(repeating: Float(1), shape: [64, 1])],
      signature: ModelSignature(
        inputs: [ModelInput(name: "input", dtype: .float32, shape: [64], content: InputContent())],
        outputs: [ModelOutput(name: "output", dtype: .float32, shape: [1], meaning: .numbers)]))
  }

  private static func range(
    of values: HostTensor, _ estimator: RangeEstimator
  ) async throws -> QuantizedRange {
    let data = try Dataset(source: "numbers", features: [.init(values: values)])
    let (_, report) = try await product().quantized(calibration: data, estimator: estimator)
    return try #require(report.products.first).input
  }

  @Test(
    "finds the range of least divergence that SciPy finds", arguments: ["unsigned", "signed"])
  func entropy(name: String) async throws {
    let file = try GoldenFile("quantized", "entropy-" + name)
    let values = try file.tensor("x").converted(to: .float32)
    let limit: [Float] = try file.tensor("limit").converted(to: .float32).array()
    let range = try await Self.range(of: values, .entropy)
    #expect(range.isSigned == (name == "signed"))
    #expect(abs(range.limit - Double(limit[0])) < 1e-6 * range.limit)
    #expect(try await range.limit < 0.9 * Self.range(of: values, .minMax).limit)
  }

  @Test("cuts off the share that is asked for")
  func percentile() async throws {
    // 1 to 6400 in some order: 1 % lie above 6336.
    let numbers = (0..<6400).map { Float($0 * 77 % 6400 + 1) }
    let values = try HostTensor(numbers, shape: [100, 64])
    let range = try await Self.range(of: values, .percentile(99))
    #expect(abs(range.limit - 6336) <= 2 * 6400 / 4096)
    // Zeros alone have a range, too.
    let zeros = try await Self.range(of: HostTensor.zeros([4, 64]), .entropy)
    #expect(zeros.scale == 1)
  }

  @Test("keeps what is asked for, and names it")
  func keeping() async throws {
    let (model, train, _) = try await Self.trained(Digits.cnn, epochs: 1)
    let (small, report) = try await model.quantized(calibration: train, keeping: ["conv2d"])
    #expect(report.products.map(\.weight) == ["dense/kernel"])
    #expect(report.kept.map(\.weight) == ["conv2d/kernel"])
    #expect(small.weights["conv2d/kernel"] == model.weights["conv2d/kernel"])
    #expect(report.description.contains("conv2d/kernel stays in Float32: as asked"))
    await #expect(throws: QuantizationError.unknownWeight("conv2", nearest: "conv2d")) {
      _ = try await model.quantized(calibration: train, keeping: ["conv2"])
    }
  }

  @Test("leaves recurrent layers in Float32, and refuses a model of nothing else")
  func recurrent() async throws {
    let digits = try Digits.load(count: 100)
    func fitted(_ layer: any Layer) async throws -> TrainedModel {
      try await layer.fit(
        digits, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy, seed: 1)
    }
    let lstm = Sequential {
      Rescaling(1.0 / 16)
      Reshape([8, 8])
      LSTM(10)
      Dense(10, activation: .softmax)
    }
    let (_, report) = try await fitted(lstm).quantized(calibration: digits)
    #expect(report.products.map(\.weight).contains("dense/kernel"))
    #expect(report.kept.map(\.weight).contains("lstm/recurrent_kernel"))
    let plain = try TrainedModel(
      layer: Sequential {
        Flatten()
        Activation(.softmax)
      }, weights: [:], signature: try await fitted(Digits.mlp).signature.withWideOutput())
    await #expect(throws: QuantizationError.noProducts(kept: [])) {
      _ = try await plain.quantized(calibration: digits)
    }
  }

  @Test("refuses what cannot be measured")
  func refusals() async throws {
    let (model, train, _) = try await Self.trained(Digits.mlp, epochs: 1)
    await #expect(throws: TrainingError.noSamples) {
      _ = try await model.quantized(calibration: train.subset([]))
    }
    let bad = try Dataset(
      source: "bad",
      features: [
        .init(values: HostTensor(repeating: Float.nan, shape: [2, 8, 8, 1]))
      ])
    await #expect(throws: QuantizationError.notFinite(weight: "dense/kernel")) {
      _ = try await model.quantized(calibration: bad)
    }
    let (small, _) = try await model.quantized(calibration: train)
    await #expect(throws: QuantizationError.alreadyQuantized) {
      _ = try await small.quantized(calibration: train)
    }
    #expect(throws: QuantizationError.notAware) { _ = try model.quantized() }
    await #expect(throws: TrainingError.outOfRange("percentile", allowed: "above 50, up to 100")) {
      _ = try await model.quantized(calibration: train, estimator: .percentile(20))
    }
    // A number that bytes cannot show is not answered as if it were 0.
    let mixed = try HostTensor(
      (0..<128).map { $0 == 3 ? Float.nan : 1 }, shape: [2, 8, 8, 1])
    let answers: [Float] = try await Predictor(small).predict([mixed])[0].array()
    #expect(answers[..<10].allSatisfy(\.isNaN) && answers[10...].allSatisfy(\.isFinite))
  }
}

extension ModelSignature {
  fileprivate func withWideOutput() -> ModelSignature {
    ModelSignature(
      inputs: inputs,
      outputs: [ModelOutput(name: "output", dtype: .float32, shape: [64], meaning: .numbers)])
  }
}

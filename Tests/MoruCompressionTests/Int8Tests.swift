import MoruCPU
import MoruCompression
import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite struct Int8Tests {
  @Test("ranges are measured on samples of all data, which may come class by class")
  func calibration() async throws {
    // The first half is far smaller than the second one.
    let numbers = (0..<64).flatMap { [Float](repeating: $0 < 32 ? 0.01 : 1, count: 4) }
    let data = try Dataset(
      source: "classes", features: [.init(values: HostTensor(numbers, shape: [64, 4]))],
      targets: .tensor(.zeros([64, 2])))
    let model = try await Sequential { Dense(2) }.fit(
      data, epochs: 1, optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    let way = Int8Quantization(calibration: Int8Calibration(samples: 32))
    let small = try await way.compressed(model, share: 0.75, on: data, seed: 0, executor: .cpu)
    let layer = try #require(small.layer as? Quantized)
    #expect(abs(layer.products[0].input.limit - 1) < 1e-6)
  }

  @Test("a network that is trained for it computes on bytes and knows nearly as much")
  func aware() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained()
    let way = QuantizationAwareTraining(
      calibration: Int8Calibration(samples: 100, estimator: .entropy),
      stage: TrainingStage(epochs: 1, optimizer: .adam(learningRate: 1e-3)))
    let small = try await way.compressed(model, share: 0.75, on: train, seed: 1, executor: .cpu)
    #expect(small.weights["wide/kernel"]?.dtype == .int8)
    let (before, after) = (
      try await model.compressionFigures(on: test, batches: []),
      try await small.compressionFigures(on: test, batches: [])
    )
    #expect(after.footprint.weightBytes < before.footprint.weightBytes / 3)
    #expect(after.drop(from: before) < 0.04)
    // It has learned, and is not merely rounded.
    let plain = try await Int8Quantization().compressed(
      model, share: 0.75, on: train, seed: 1, executor: .cpu)
    #expect(small.weights["wide/bias"] != plain.weights["wide/bias"])
  }

  @Test("what computes on bytes already, or has nothing that could, has nothing to compress")
  func refusals() async throws {
    let (train, _) = try Digits.parts()
    let small = try await Int8Quantization().compressed(
      try await Digits.trained(epochs: 1), share: 0.75, on: train, seed: 1, executor: .cpu)
    let ways: [any Compression] = [Int8Quantization(), QuantizationAwareTraining()]
    for way in ways {
      let error = await #expect(throws: CompressionError.self) {
        try await way.compressed(small, share: 0.75, on: train, seed: 1, executor: .cpu)
      }
      #expect(
        error
          == .nothingToCompress(
            way: "Quantization", needs: "a model that does not compute on bytes yet"))
      await #expect(throws: CompressionError.self) {
        try await way.compressed(small, share: 0.5, on: train, seed: 1, executor: .cpu)
      }
    }
    let search = CompressionSearch(ways: [ChannelPruning(), Int8Quantization()])
    let error = await #expect(throws: CompressionError.self) {
      try await search(small, learningFrom: train, judgedOn: train, seed: 0)
    }
    #expect(
      error?.description
        == "Pruning of channels needs convolutions or dense layers behind one another; Quantization "
        + "needs a model that does not compute on bytes yet. Nothing here can be made smaller so. "
        + "Choose another model, or a student.")
  }
}

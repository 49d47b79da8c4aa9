import MoruCPU
import MoruCompression
import MoruData
import MoruGraph
import MoruLayers
import MoruLearners
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite struct PruningTests {
  /// Whether two models answer alike, within a share of the greatest answer.
  private func differ(
    _ one: TrainedModel, _ other: TrainedModel, on data: Dataset
  ) async throws -> Float {
    let values = try await one.predict(data).array(of: Float.self)
    let others = try await other.predict(data).array(of: Float.self)
    return zip(values, others).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("channels that are all zeros go, with everything that reads them, and no answer changes")
  func deadChannels() async throws {
    let trained = try await Digits.trained(epochs: 1)
    // Every odd channel of both groups, and every odd unit, is made to give nothing.
    var dead: [String: HostTensor] = [:]
    let makers = [
      "stem/kernel", "stem_bn/beta", "branch/kernel", "branch/bias", "inside/kernel",
      "inside/bias", "depthwise/bias", "wide/kernel", "wide/bias",
    ]
    for path in makers {
      let weight = try #require(trained.weights[path])
      let outputs = try #require(weight.shape.last)
      var values = try weight.array(of: Float.self)
      for place in values.indices where place % outputs % 2 == 1 { values[place] = 0 }
      dead[path] = try HostTensor(values, shape: weight.shape)
    }
    // What normalization makes of zeros: −mean · gamma / √(variance + epsilon) + beta.
    dead["stem_bn/moving_mean"] = .zeros([16])
    let model = try trained.settingWeights(dead)
    let pruned = try model.pruningChannels(0.5)
    func shape(_ path: String) -> Shape? { pruned.weights[path]?.shape }
    #expect(shape("stem/kernel") == [3, 3, 1, 8])
    #expect(shape("stem_bn/moving_variance") == [8])
    #expect(shape("inside/kernel") == [3, 3, 8, 8])
    #expect(shape("branch/kernel") == [3, 3, 8, 8])
    #expect(shape("depthwise/kernel") == [3, 3, 8, 1])
    #expect(shape("wide/kernel") == [4 * 4 * 8, 24])
    #expect(shape("classes/kernel") == [24, 10])
    let test = try Digits.parts().test
    #expect(try await differ(model, pruned, on: test) < 1e-6)
    #expect(try pruned.summary().contains("stem"))
  }

  @Test("filters with the smallest magnitudes go, those of added layers together")
  func smallest() async throws {
    let start = Input([4])
    let one = Dense(4, useBias: false, name: "one")(start)
    let other = Dense(4, useBias: false, name: "other")(start)
    let network = try Model(
      inputs: start, outputs: Dense(2, useBias: false, name: "end")(Add()([one, other])))
    let trained = try await network.fit(
      Dataset(
        source: "noise", features: [.init(values: .zeros([4, 4]))],
        targets: .tensor(.zeros([4, 2]))), epochs: 1, optimizer: .sgd(learningRate: 0),
      loss: .meanSquaredError)
    func kernel(_ sizes: [Float]) throws -> HostTensor {
      try HostTensor((0..<16).map { sizes[$0 % 4] * ($0 % 2 == 0 ? 1 : -1) }, shape: [4, 4])
    }
    // In shares of the layer's mean: 0.4, 0.8, 1.2, 1.6 and 2.0, 1.2, 0.4, 0.4.
    let model = try trained.settingWeights([
      "one/kernel": kernel([1, 2, 3, 4]), "other/kernel": kernel([50, 30, 10, 10]),
    ])
    let pruned = try model.pruningChannels(0.25)
    let left = try #require(pruned.weights["one/kernel"]).array(of: Float.self).prefix(3)
    #expect(Array(left) == [1, -2, -4])
    #expect(pruned.weights["end/kernel"]?.shape == [3, 2])
  }

  @Test("layers that need all of their channels keep them, and bad shares are refused")
  func kept() async throws {
    let parts = try Digits.parts()
    let start = Input([8, 8, 1])
    let left = Conv2D(4, kernel: 3, padding: .same, name: "left")(start)
    let both = Concatenate()([left, start])
    let network = try Model(
      inputs: start,
      outputs: Dense(10, activation: .softmax, name: "classes")(Flatten()(both)))
    let model = try await network.fit(
      parts.train, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    let error = #expect(throws: CompressionError.self) { try model.pruningChannels(0.5) }
    #expect(
      "\(try #require(error))"
        == "Pruning of channels finds nothing to remove: it needs convolutions or dense layers behind "
        + "one another. Choose another way.")
    // What mixes channels needs all of them, in a depthwise layer as elsewhere.
    let mixing = Sequential {
      Conv2D(8, kernel: 3)
      DepthwiseConv2D(kernel: 3, activation: .softmax)
      Flatten()
      Dense(10, activation: .softmax)
    }
    let mixed = try await mixing.fit(
      parts.train, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    #expect(throws: CompressionError.self) { try mixed.pruningChannels(0.5) }
    // Of 16 channels a multiple of 8 stays, which a small share does not reach.
    let narrow = Sequential {
      Conv2D(16, kernel: 3)
      GlobalAveragePooling2D()
      Dense(10, activation: .softmax)
    }
    let whole = try await narrow.fit(
      parts.train, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    #expect(try whole.pruningChannels(0).weights == whole.weights)
    var channels = ChannelPruning(recovery: nil)
    channels.shares = [0.25, 0.5]
    let found = try await CompressionSearch(ways: [channels])(
      whole, learningFrom: parts.train, judgedOn: parts.test, seed: 0)
    #expect(found.trials.map(\.share) == [0.5])
    // Shares that are too small are one reason, not several.
    channels.shares = [0.1, 0.25]
    let weak = CompressionSearch(ways: [channels])
    await #expect(
      throws: CompressionError.nothingToCompress(
        way: "Pruning of channels",
        needs: "a greater share (a smaller width), or layers of more channels")
    ) {
      try await weak(whole, learningFrom: parts.train, judgedOn: parts.test, seed: 0)
    }
    for share in [-0.1, 1, .nan] {
      #expect(throws: CompressionError.self) { try model.pruningChannels(share) }
      #expect(throws: CompressionError.self) { try model.pruningWeights(share) }
      #expect(throws: CompressionError.self) { try model.factorizing(share) }
    }
  }

  @Test("a narrower network learns on, and knows nearly as much")
  func recovered() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained()
    let pruning = ChannelPruning(
      recovery: TrainingStage(epochs: 2, optimizer: .adam(learningRate: 1e-3)))
    let pruned = try await pruning.compressed(
      model, share: 0.5, on: train, seed: 1, executor: .cpu)
    let (before, after) = (
      try await model.compressionFigures(on: test, batches: []),
      try await pruned.compressionFigures(on: test, batches: [])
    )
    #expect(after.footprint.parameters < before.footprint.parameters / 2)
    #expect(after.footprint.multiplyAdds < before.footprint.multiplyAdds / 2)
    #expect(after.footprint.packedBytes < before.footprint.packedBytes / 2)
    #expect(before.figure == "accuracy" && before.value > 0.85)
    #expect(after.drop(from: before) < 0.06)
  }

  @Test("the smallest weights become zeros and stay so while the network learns on")
  func zeros() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained()
    let plain = try model.pruningWeights(0.75)
    let wide = try #require(plain.weights["wide/kernel"]).array(of: Float.self)
    #expect(wide.count { $0 == 0 } == wide.count * 3 / 4)
    let least = wide.filter { $0 != 0 }.map(abs).min() ?? 0
    let before = try #require(model.weights["wide/kernel"]).array(of: Float.self)
    #expect(zip(before, wide).allSatisfy { $1 == $0 || ($1 == 0 && abs($0) <= least) })
    #expect(plain.weights["wide/bias"] == model.weights["wide/bias"])

    let pruning = WeightPruning(
      rounds: 2, recovery: TrainingStage(epochs: 3, optimizer: .adam(learningRate: 3e-3)))
    let pruned = try await pruning.compressed(
      model, share: 0.75, on: train, seed: 1, executor: .cpu)
    let values = try #require(pruned.weights["wide/kernel"]).array(of: Float.self)
    #expect(values.count { $0 == 0 } == values.count * 3 / 4)
    #expect(values != wide)
    let (full, thin) = (
      try await model.compressionFigures(on: test, batches: []),
      try await pruned.compressionFigures(on: test, batches: [])
    )
    #expect(
      thin.footprint.parameters == full.footprint.parameters
        && thin.footprint.nonzero < full.footprint.nonzero * 3 / 10)
    #expect(thin.footprint.packedBytes < full.footprint.packedBytes / 2)
    #expect(thin.drop(from: full) < 0.06)
    await #expect(throws: CompressionError.self) {
      try await WeightPruning(rounds: 0).compressed(
        model, share: 0.5, on: train, seed: 1, executor: .cpu)
    }
  }

  @Test("of equal magnitudes the first become zeros", arguments: [1, 2, 3, 5, 7])
  func equalMagnitudes(count: Int) throws {
    // Numbers that differ in the upper or the lower half of their bits, or in their sign alone.
    let values: [Float] = [1, -0.5, 0.5, 1.0000001, -1, 0.5, 1e-30, -2]
    let model = try TrainedModel(
      layer: Sequential { Dense(2, useBias: false) },
      weights: ["dense/kernel": HostTensor(values, shape: [4, 2])],
      signature: ModelSignature(
        inputs: [ModelInput(name: "input", dtype: .float32, shape: [4], content: InputContent())],
        outputs: [ModelOutput(name: "output", dtype: .float32, shape: [2], meaning: .numbers)]))
    let order = values.indices.sorted { (abs(values[$0]), $0) < (abs(values[$1]), $1) }
    let gone = Set(order.prefix(count))
    let pruned = try model.pruningWeights(Double(count) / 8)
    #expect(
      try #require(pruned.weights["dense/kernel"]).array(of: Float.self)
        == values.indices.map { gone.contains($0) ? 0 : values[$0] })
  }

  @Test("a kernel becomes the nearest product of two", arguments: [false, true])
  func factors(isWide: Bool) async throws {
    let (rows, columns) = isWide ? (12, 40) : (40, 12)
    let network = Sequential([Dense(columns, activation: .tanh, name: "dense")])
    let data = try Dataset(
      source: "noise", features: [.init(values: .zeros([4, rows]))],
      targets: .tensor(.zeros([4, columns])))
    let trained = try await network.fit(
      data, epochs: 1, optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    let kernel = try #require(trained.weights["dense/kernel"]).array(of: Float.self)
    let bias = HostTensor((0..<columns).map { Float($0) / 40 })
    let model = try trained.settingWeights(["dense/bias": bias])
    let thin = try model.factorizing(0.5)
    let rank = rows * columns / 2 / (rows + columns)
    let inner = try #require(thin.weights["dense/inner/kernel"])
    let outer = try #require(thin.weights["dense/outer/kernel"])
    #expect(inner.shape == [rows, rank] && outer.shape == [rank, columns])
    #expect(thin.weights["dense/outer/bias"] == bias && thin.weights["dense/kernel"] == nil)
    // Eckart and Young: the squared distance is the sum of the squares of the other singular values.
    let product = LinearAlgebra.product(
      try inner.array(of: Float.self).map(Double.init),
      try outer.array(of: Float.self).map(Double.init), rows: rows, inner: rank, columns: columns)
    let distance = zip(kernel, product).reduce(0) {
      $0 + ($1.1 - Double($1.0)) * ($1.1 - Double($1.0))
    }
    let singular = try #require(
      LinearAlgebra.rightSingular(kernel.map(Double.init), rows: rows, columns: columns)
    ).values
    let left = singular.dropFirst(rank).reduce(0) { $0 + $1 * $1 }
    #expect(abs(distance - left) < 1e-5 * left)
  }

  @Test("convolutions become two, and the network learns on")
  func factoredConvolutions() async throws {
    let (train, test) = try Digits.parts()
    let model = try await Digits.trained()
    let thin = try await LowRankFactorization(
      recovery: TrainingStage(epochs: 4, optimizer: .adam(learningRate: 3e-3))
    ).compressed(model, share: 0.5, on: train, seed: 1, executor: .cpu)
    #expect(thin.weights["branch/inner/kernel"]?.shape == [3, 3, 16, 7])
    #expect(thin.weights["branch/outer/kernel"]?.shape == [1, 1, 7, 16])
    let (before, after) = (
      try await model.compressionFigures(on: test, batches: []),
      try await thin.compressionFigures(on: test, batches: [])
    )
    #expect(after.footprint.parameters < before.footprint.parameters * 6 / 10)
    #expect(after.drop(from: before) < 0.06)
  }
}

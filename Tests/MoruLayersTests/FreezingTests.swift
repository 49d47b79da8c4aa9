import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

@Suite("Frozen layers") struct FreezingTests {
  private static let x = TensorType(.float32, [3])

  @Test("a frozen layer has no parameters, and its path is its own")
  func declaration() throws {
    let dense = Dense(2)
    let model = Sequential {
      dense.frozen()
      BatchNormalization()
      Dense(2)
    }
    let plain = Sequential([dense] + model.layers.dropFirst())
    func weights(_ layer: any Layer) throws -> [String] {
      try layer.declaration(inputs: [Self.x]).weights.map {
        ($0.isTrainable ? "" : "fixed ") + $0.path
      }
    }
    let rest = [
      "fixed batch_normalization/moving_mean", "fixed batch_normalization/moving_variance",
      "batch_normalization/gamma", "batch_normalization/beta", "dense_1/kernel", "dense_1/bias",
    ]
    #expect(try weights(model) == ["fixed dense/kernel", "fixed dense/bias"] + rest)
    #expect(try weights(plain) == ["dense/kernel", "dense/bias"] + rest)
    // By paths: a layer, and one weight of another.
    let part = Frozen(plain, paths: ["batch_normalization", "dense_1/bias"])
    #expect(
      try weights(part).filter { !$0.hasPrefix("fixed") }
        == ["dense/kernel", "dense/bias", "dense_1/kernel"])
    #expect(
      try part.summary(inputs: [Self.x]).contains("Trainable parameters: 12, others: 10\n"))
    // Names are whole: dense is not dense_1.
    #expect(try weights(Frozen(plain, paths: ["dense"])) == weights(model))
  }

  @Test(
    "batch normalization that is frozen uses its statistics and leaves them",
    arguments: [true, false])
  func statistics(isFrozen: Bool) async throws {
    let norm = BatchNormalization()
    let layer: any Layer = isFrozen ? Checkpointed { norm }.frozen() : norm
    let declaration = try layer.declaration(inputs: [Self.x])
    let start = try declaration.weights(from: declaration.initialValues(seed: 1))
    var weights = start
    let batch = Tensor(try HostTensor([[1, 2, 3], [5, 6, 7]] as [[Float]]))
    let seed = Tensor(HostTensor([1, 2] as [Int64]))
    let trained = try await layer(batch, &weights, training: seed).value(on: .reference)
    var same = start
    let inferred = try await layer(batch, &same).value(on: .reference)
    #expect((trained == inferred) == isFrozen)
    let path = (isFrozen ? "batch_normalization/" : "") + "moving_mean"
    let mean = try await #require(weights.state[path]).value(on: .reference)
    #expect((mean == .zeros([3])) == isFrozen)
  }

  @Test("a regularizer of a frozen weight adds nothing to the loss, and dropout goes on")
  func penalties() async throws {
    let dense = Dense(2, kernelRegularizer: .l2(0.1))
    for (layer, count) in [(dense, 1), (dense.frozen(), 0)] as [(any Layer, Int)] {
      let declaration = try layer.declaration(inputs: [Self.x])
      let weights = try declaration.weights(from: declaration.initialValues(seed: 1))
      let scope = Scope(weights: weights, seed: Tensor(HostTensor([1, 2] as [Int64])))
      _ = scope.draw(layer, [Tensor.ones([1, 3])])
      #expect(scope.penalties.count == count)
    }
    var none = Weights()
    let seed = Tensor(HostTensor([1, 2] as [Int64]))
    let dropped = Dropout(0.5).frozen()(Tensor.ones([1, 64]), &none, training: seed)
    let values = try await dropped.value(on: .reference).array(of: Float.self)
    #expect(values.contains(0) && values.contains(2))
  }
}

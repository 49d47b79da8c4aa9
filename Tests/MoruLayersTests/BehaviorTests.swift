import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

/// The seed that layers get in training.
func trainingSeed(_ key: Int64, step: Int64 = 0) -> Tensor { Tensor(HostTensor([key, step])) }

/// The numbers of a tensor that depends on constants alone.
func numbers(_ tensor: Tensor) async throws -> [Double] {
  try await tensor.value(on: .reference).converted(to: .float64).array()
}

@Suite("Dropout") struct DropoutTests {
  private let ones = Tensor(HostTensor(repeating: Float(1), shape: [100, 200]))

  @Test("drops the asked fraction and scales the rest", arguments: [0.1, 0.25, 0.5, 0.9])
  func fraction(rate: Double) async throws {
    var weights = Weights()
    let values = try await numbers(Dropout(rate)(ones, &weights, training: trainingSeed(1)))
    #expect(Set(values) == [0, Double(Float(1 / (1 - rate)))])
    // Five standard deviations of the fraction among 20,000.
    let dropped = Double(values.count { $0 == 0 }) / 20_000
    #expect(abs(dropped - rate) < 5 * (rate * (1 - rate) / 20_000).squareRoot())
  }

  @Test("does nothing in inference, or at rate 0")
  func inference() async throws {
    var weights = Weights()
    #expect(try await Set(numbers(Dropout(0.5)(ones, &weights))) == [1])
    let kept = Dropout(0)(ones, &weights, training: trainingSeed(1))
    #expect(try await Set(numbers(kept)) == [1])
  }

  @Test("the same seed and step give the same mask, others another")
  func seeds() async throws {
    func mask(_ seed: Tensor) async throws -> [Double] {
      var weights = Weights()
      return try await numbers(Dropout(0.5)(ones, &weights, training: seed))
    }
    let first = try await mask(trainingSeed(1))
    #expect(try await mask(trainingSeed(1)) == first)
    #expect(try await mask(trainingSeed(2)) != first)
    #expect(try await mask(trainingSeed(1, step: 1)) != first)
  }

  @Test("two layers, and two calls of one, draw different masks")
  func streams() async throws {
    let shared = Dropout(0.5)
    for (first, second) in [(Dropout(0.5), Dropout(0.5)), (shared, shared)] {
      let input = Input([200])
      let model = try Model(inputs: [input], outputs: [first(input), second(input)])
      var weights = Weights()
      let masks = model([ones], &weights, training: trainingSeed(1))
      let (one, other) = (try await numbers(masks[0]), try await numbers(masks[1]))
      let agreeing = Double(zip(one, other).count { $0 == $1 }) / 20_000
      #expect(abs(agreeing - 0.5) < 0.02)
    }
  }

  @Test("keeps Float64, and makes floating point of whole numbers in both phases")
  func types() {
    var weights = Weights()
    let double = Tensor(HostTensor(repeating: 1.0, shape: [2, 2]))
    #expect(Dropout(0.5)(double, &weights, training: trainingSeed(1)).dtype == .float64)
    let whole = Tensor(HostTensor(repeating: UInt8(1), shape: [2, 2]))
    #expect(Dropout(0.5)(whole, &weights, training: trainingSeed(1)).dtype == .float32)
    #expect(Dropout(0.5)(whole, &weights).dtype == .float32)
  }

  @Test("the gradient passes where the mask does")
  func gradient() async throws {
    var weights = Weights()
    let y = Dropout(0.5)(ones, &weights, training: trainingSeed(4))
    let slope = gradients(of: y.sum(), at: [ones])[0]
    #expect(try await numbers(slope) == numbers(y))
  }
}

@Suite("BatchNormalization") struct BatchNormalizationTests {
  private let layer = BatchNormalization(momentum: 0.75, epsilon: 0)

  @Test("moving averages start as asked")
  func start() throws {
    let layer = BatchNormalization(
      movingMeanInitializer: .constant(0.5), movingVarianceInitializer: .constant(4))
    let values = try layer.declaration(inputs: [TensorType(.float32, [2])])
      .initialValues(seed: 1)
    #expect(try values["moving_mean"]?.array(of: Float.self) == [0.5, 0.5])
    #expect(try values["moving_variance"]?.array(of: Float.self) == [4, 4])
  }
  // Columns with means 2 and 10, variances 1 and 4.
  private let batch = try? HostTensor([[1, 8], [3, 12]] as [[Float]])

  private func startingWeights() throws -> Weights {
    let declaration = try layer.declaration(inputs: [TensorType(.float32, [2])])
    #expect(declaration.parameterCount == 4)
    #expect(declaration.stateCount == 4)
    return try declaration.weights(from: declaration.initialValues(seed: 0))
  }

  @Test("training uses the batch's statistics and moves the averages")
  func training() async throws {
    var weights = try startingWeights()
    let x = Tensor(try #require(batch))
    let y = layer(x, &weights, training: trainingSeed(0))
    #expect(try await numbers(y) == [-1, -1, 1, 1])
    #expect(try await numbers(weights.state["moving_mean"] ?? .zeros([0])) == [0.5, 2.5])
    #expect(try await numbers(weights.state["moving_variance"] ?? .zeros([0])) == [1, 1.75])
  }

  @Test("inference uses the averages and leaves them")
  func inference() async throws {
    var weights = try startingWeights()
    weights.state["moving_mean"] = Tensor(HostTensor([1, 8] as [Float]))
    weights.state["moving_variance"] = Tensor(HostTensor([4, 16] as [Float]))
    let y = layer(Tensor(try #require(batch)), &weights)
    #expect(try await numbers(y) == [0, 0, 1, 1])
    #expect(try await numbers(weights.state["moving_mean"] ?? .zeros([0])) == [1, 8])
  }

  @Test("called twice, one layer moves its averages twice")
  func sharedLayer() async throws {
    let input = Input([2])
    let model = try Model(inputs: [input], outputs: [layer(input), layer(input)])
    let declaration = try model.declaration(inputs: [TensorType(.float32, [2])])
    var weights = try declaration.weights(from: declaration.initialValues(seed: 0))
    _ = model([Tensor(try #require(batch))], &weights, training: trainingSeed(0))
    let mean = weights.state["batch_normalization/moving_mean"] ?? .zeros([0])
    // 0 → 0.5 → 0.875 and 0 → 2.5 → 4.375.
    #expect(try await numbers(mean) == [0.875, 4.375])
  }
}

@Suite("Normalization") struct NormalizationTests {
  @Test("brings data to mean 0 and variance 1, a constant feature to 0")
  func adapted() async throws {
    let data = try HostTensor([[1, 5, -2], [3, 5, 0], [5, 5, 8]] as [[Float]])
    let layer = try Normalization().adapted(to: data)
    #expect(layer.mean == [3, 5, 2])
    #expect(layer.variance[1] == 0)
    var weights = Weights()
    let values = try await numbers(layer(Tensor(data), &weights))
    for feature in 0..<3 {
      let column = stride(from: feature, to: 9, by: 3).map { values[$0] }
      #expect(abs(column.reduce(0, +)) < 1e-6)
      let variance = column.reduce(0) { $0 + $1 * $1 } / 3
      #expect(abs(variance - (feature == 1 ? 0 : 1)) < 1e-6)
    }
  }

  @Test("adapting changes neither the layer's identity nor its name")
  func identity() throws {
    let layer = Normalization(name: "scale")
    let adapted = try layer.adapted(to: HostTensor([1, 2] as [Float]))
    #expect(adapted.identity == layer.identity)
    #expect(adapted.name == "scale")
  }
}

@Suite("Regularizers") struct RegularizerTests {
  private func penalties(
    of model: any Layer, _ values: [String: HostTensor], training: Bool = true
  ) async throws -> [Double] {
    let weights = Weights(parameters: values.mapValues { Tensor($0) })
    let scope = Scope(weights: weights, seed: training ? trainingSeed(0) : nil)
    _ = scope.draw(model, [.zeros([1, 2])])
    var sums: [Double] = []
    for penalty in scope.penalties { sums += try await numbers(penalty) }
    return sums
  }

  private let kernel = try? HostTensor([[1, -2], [3, 0]] as [[Float]])

  @Test("penalties are l1 · Σ|w| + l2 · Σw², one for each weight, in evaluation too")
  func sums() async throws {
    let model = Sequential {
      Dense(2, useBias: false, kernelRegularizer: .l1(0.5))
      Dense(2, useBias: false)
      Dense(2, useBias: false, kernelRegularizer: .l2(0.25))
      Dense(2, useBias: false, kernelRegularizer: .l1l2(0.5, 0.25))
    }
    let kernel = try #require(kernel)
    let names = ["dense", "dense_1", "dense_2", "dense_3"].map { $0 + "/kernel" }
    let values = Dictionary(uniqueKeysWithValues: names.map { ($0, kernel) })
    #expect(try await penalties(of: model, values) == [3, 3.5, 6.5])
    #expect(try await penalties(of: model, values, training: false) == [3, 3.5, 6.5])
  }

  @Test("a shared layer's weight is penalized once")
  func sharedLayer() async throws {
    let dense = Dense(2, useBias: false, kernelRegularizer: .l1(1))
    let model = Sequential([dense, dense, dense])
    #expect(try await penalties(of: model, ["dense/kernel": #require(kernel)]) == [6])
  }

  @Test("gradients of penalties are l1 · sign w + 2 · l2 · w")
  func gradient() async throws {
    let weight = Tensor(HostTensor([2, -3] as [Double]))
    let slope = gradients(of: L1L2(l1: 0.5, l2: 0.25).penalty(weight), at: [weight])[0]
    #expect(try await numbers(slope) == [1.5, -2])
  }
}

@Suite("Sample weights") struct SampleWeightTests {
  private let target = Tensor(HostTensor([0, 0, 0] as [Float]))
  private let prediction = try? HostTensor([[1], [2], [3]] as [[Float]])

  @Test("multiply each sample's loss; the divisor stays the number of samples")
  func weighted() async throws {
    let prediction = Tensor(try #require(prediction))
    let weights = Tensor(HostTensor([1, 0, 2] as [Double]))
    let loss = MeanSquaredError()(target: target, prediction: prediction, sampleWeight: weights)
    #expect(abs(try await numbers(loss)[0] - 19.0 / 3) < 1e-6)
  }

  @Test("that do not fit the batch are an error, not a broadcast")
  func misfits() throws {
    let prediction = Tensor(try #require(prediction))
    for shape: Shape in [[3, 1], [1], [2], [], [1, 3]] {
      let loss = MeanSquaredError()(
        target: target, prediction: prediction, sampleWeight: .ones(shape))
      #expect(loss.error?.description.contains("sample weights do not fit") == true, "\(shape)")
    }
    // A model may give one number for each sample without an axis of its own.
    let flat = MeanSquaredError()(
      target: target, prediction: prediction.reshaped(to: [3]), sampleWeight: .ones([3]))
    #expect(flat.error != nil)
  }

  @Test("class numbers may be bytes among more than 256 classes")
  func byteTargets() async throws {
    // As a byte, class 276 is class 20.
    let logits = HostTensor(repeating: Float(0), shape: [1, 300])
    let target = Tensor(HostTensor([20] as [UInt8]))
    let loss = SparseCategoricalCrossentropy(fromLogits: true)
    let values = loss.values(target: target, prediction: Tensor(logits))
    let value = try await numbers(values)[0]
    #expect(abs(value - 5.703782) < 1e-5)  // log 300
  }
}

@Suite("Trained positions") struct PositionEmbeddingTests {
  @Test("each step gets its own vector, those of a shorter sequence the first ones")
  func values() async throws {
    let table = try HostTensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
    let layer = PositionEmbedding(3)
    let declaration = try layer.declaration(inputs: [TensorType(.float32, [2, 2])])
    let weights = try declaration.weights(from: [declaration.weights[0].path: table])
    let x = Tensor(try HostTensor([10, 20, 30, 40] as [Float], shape: [1, 2, 2]))
    let outputs = Scope(weights: weights).draw(layer, [x])
    #expect(try await numbers(outputs[0]) == [11, 22, 33, 44])
  }
}

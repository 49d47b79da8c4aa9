import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

@Suite("Masks") struct MaskTests {
  /// Word numbers of two sentences; 0 is padding.
  private let words = Tensor(HostTensor([3, 1, 2, 0, 2, 0, 0, 0] as [Int32])).reshaped(to: [2, 4])

  /// Draws a model on the words: its scope and first output.
  private func drawn(
    _ model: any Layer, training: Bool = false
  ) throws -> (scope: Scope, output: Tensor) {
    let declaration = try model.declaration(inputs: [TensorType(.int32, [4])])
    let scope = Scope(
      weights: try declaration.weights(from: declaration.initialValues(seed: 1)),
      seed: training ? trainingSeed(1) : nil)
    return (scope, scope.draw(model, [words])[0])
  }

  @Test("travel through layers that work step by step, and end at others")
  func travel() async throws {
    let shown: [Double] = [1, 1, 1, 0, 1, 0, 0, 0]
    let passing: [[any Layer]] = [
      [], [Dropout(0.5)], [Dense(3, activation: .relu)], [LayerNormalization()],
      [LSTM(3, returnSequences: true)], [Bidirectional(GRU(3, returnSequences: true))],
      [TimeDistributed(Dense(2))], [MultiHeadAttention(heads: 2, keyDimension: 2)],
      [Checkpointed { Dense(3) }], [Sequential { Dense(3) }, Activation(.tanh)],
    ]
    for layers in passing {
      let (scope, y) = try drawn(
        Sequential([Embedding(5, 2, maskZero: true)] + layers), training: true)
      let mask = try #require(scope.mask(of: y), "\(layers)")
      #expect(try await numbers(mask.converted(to: .float32)) == shown)
    }
    for layer: any Layer in [Flatten(), Conv1D(2, kernel: 2), LSTM(3), Permute([2, 1])] {
      let (scope, y) = try drawn(Sequential([Embedding(5, 2, maskZero: true), layer]))
      #expect(scope.mask(of: y) == nil)
    }
    let (scope, y) = try drawn(Embedding(5, 2))
    #expect(scope.mask(of: y) == nil)
  }

  @Test("of several inputs hide what one of them hides")
  func merging() async throws {
    let (x, y) = (Tensor.ones([1, 3, 2]), Tensor.zeros([1, 3, 2]))
    let scope = Scope(weights: Weights())
    scope.setMask(Tensor(HostTensor([1, 1, 0] as [Int32])).reshaped(to: [1, 3]) .> 0, of: x)
    scope.setMask(Tensor(HostTensor([0, 1, 1] as [Int32])).reshaped(to: [1, 3]) .> 0, of: y)
    let sum = scope.draw(Add(), [x, y])[0]
    let mask = try #require(scope.mask(of: sum))
    #expect(try await numbers(mask.converted(to: .float32)) == [0, 1, 0])
  }

  @Test("make hidden steps without influence", arguments: [true, false])
  func influence(isBackward: Bool) async throws {
    // What stands in the row of padding makes no difference.
    let model = Sequential {
      Embedding(5, 3, maskZero: true)
      GRU(2, goBackwards: isBackward)
    }
    let declaration = try model.declaration(inputs: [TensorType(.int32, [4])])
    var weights = try declaration.weights(from: declaration.initialValues(seed: 1))
    let first = try await numbers(model(words, &weights))
    let table = try #require(weights.parameters["embedding/embeddings"])
    let isPadding = Tensor.iota([5, 1]) .== 0
    weights.parameters["embedding/embeddings"] = select(isPadding, 7, table)
    #expect(try await numbers(model(words, &weights)) == first)
  }

  @Test("make means over time those of the steps that count")
  func average() async throws {
    let x = Tensor(HostTensor([1, 2, 100, 4] as [Float])).reshaped(to: [1, 4, 1])
    let scope = Scope(weights: Weights())
    scope.setMask(Tensor(HostTensor([1, 1, 0, 0] as [Int32])).reshaped(to: [1, 4]) .> 0, of: x)
    #expect(try await numbers(scope.draw(GlobalAveragePooling1D(), [x])[0]) == [1.5])
    #expect(try await numbers(scope.draw(GlobalMaxPooling1D(), [x])[0]) == [100])
  }

  @Test("reach the loss, which is the mean over the steps that count")
  func loss() async throws {
    let prediction = Tensor(HostTensor([1, 2, 9, 9] as [Float])).reshaped(to: [1, 4, 1])
    let scope = Scope(weights: Weights())
    #expect(scope.sampleWeight(nil, for: prediction) == nil)
    scope.setMask(
      Tensor(HostTensor([1, 1, 0, 0] as [Int32])).reshaped(to: [1, 4]) .> 0, of: prediction)
    let target = Tensor.zeros([1, 4, 1])
    func loss(_ weights: Tensor?) async throws -> Double {
      try await numbers(
        MeanSquaredError()(
          target: target, prediction: prediction,
          sampleWeight: scope.sampleWeight(weights, for: prediction)))[0]
    }
    #expect(try await loss(nil) == 2.5)
    #expect(try await loss(Tensor(HostTensor([2] as [Float]))) == 5)
  }

  @Test("hide steps of zeros in Masking")
  func masking() async throws {
    let x = Tensor(HostTensor([1, 0, 0, 0, 3, 4] as [Float])).reshaped(to: [1, 3, 2])
    let scope = Scope(weights: Weights())
    let y = scope.draw(Masking(), [x])[0]
    let mask = try #require(scope.mask(of: y))
    #expect(try await numbers(mask.converted(to: .float32)) == [1, 0, 1])
  }
}

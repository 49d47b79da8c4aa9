import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("MultiHeadAttention") struct AttentionTests {
  private let input = TensorType(.float32, [5, 6])

  private func weights(_ layer: MultiHeadAttention) throws -> Weights {
    let declaration = try layer.declaration(inputs: [input])
    return try declaration.weights(from: declaration.initialValues(seed: 3))
  }

  private func sequence(changingFrom step: Int? = nil) -> Tensor {
    let numbers = (0..<30).map { place in
      Float((place * 7) % 11) / 11 + (place / 6 >= step ?? 5 ? 1 : 0)
    }
    return Tensor(HostTensor(numbers)).reshaped(to: [1, 5, 6])
  }

  @Test("weights have Keras's shapes")
  func shapes() throws {
    let layer = MultiHeadAttention(
      heads: 2, keyDimension: 3, valueDimension: 4, outputDimension: 7)
    let declaration = try layer.declaration(inputs: [input])
    let shapes = declaration.weights.map { "\($0.path) \($0.type.shape)" }
    #expect(
      shapes == [
        "query_kernel [6, 2, 3]", "query_bias [2, 3]", "key_kernel [6, 2, 3]", "key_bias [2, 3]",
        "value_kernel [6, 2, 4]", "value_bias [2, 4]", "output_kernel [2, 4, 7]", "output_bias [7]",
      ])
    #expect(declaration.outputs == [TensorType(.float32, [1, 5, 7])])
  }

  @Test("one input attends to itself as query, value and key do")
  func selfAttention() async throws {
    let layer = MultiHeadAttention(heads: 2, keyDimension: 3)
    var weights = try weights(layer)
    let x = sequence()
    let alone = try await numbers(layer(x, &weights))
    #expect(try await numbers(layer([x, x, x], &weights)[0]) == alone)
  }

  @Test("with a causal mask the past does not see the future", arguments: [1, 3])
  func causality(step: Int) async throws {
    let layer = MultiHeadAttention(heads: 2, keyDimension: 3, useCausalMask: true)
    var weights = try weights(layer)
    let before = try await numbers(layer(sequence(), &weights))
    let after = try await numbers(layer(sequence(changingFrom: step), &weights))
    #expect(before[..<(step * 6)] == after[..<(step * 6)])
    #expect(before[(step * 6)...] != after[(step * 6)...])
  }

  @Test("dropout acts on the shares in training only")
  func dropout() async throws {
    let layer = MultiHeadAttention(heads: 2, keyDimension: 3, dropout: 0.5)
    var weights = try weights(layer)
    let x = sequence()
    let still = try await numbers(layer(x, &weights))
    let first = try await numbers(layer(x, &weights, training: trainingSeed(1)))
    #expect(first != still)
    #expect(try await numbers(layer(x, &weights, training: trainingSeed(1))) == first)
    #expect(try await numbers(layer(x, &weights, training: trainingSeed(2))) != first)
  }
}

@Suite("Embedding") struct EmbeddingTests {
  @Test("numbers outside the table stand for its ends, fractions are cut off")
  func clamping() async throws {
    let layer = Embedding(3, 2)
    let table = Tensor(HostTensor([0, 1, 10, 11, 20, 21] as [Float])).reshaped(to: [3, 2])
    var weights = Weights(parameters: ["embeddings": table])
    let whole = layer(Tensor(HostTensor([-4, 1, 9] as [Int64])), &weights)
    #expect(try await numbers(whole) == [0, 1, 10, 11, 20, 21])
    let fractions = layer(Tensor(HostTensor([0.9, 1, 2.5] as [Float])), &weights)
    #expect(try await numbers(fractions) == [0, 1, 10, 11, 20, 21])
    let bytes = layer(Tensor(HostTensor([2, 0] as [UInt8])), &weights)
    #expect(try await numbers(bytes) == [20, 21, 0, 1])
  }
}

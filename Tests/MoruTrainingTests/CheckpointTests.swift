import MoruCPU
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

@Suite("Checkpointed layers") struct CheckpointTests {
  /// Blocks of convolution, batch statistics and dropout on pictures of 8 × 8.
  private func network(blocks: Int, checkpointed: Bool) -> Sequential {
    Sequential {
      Rescaling(1.0 / 16)
      Conv2D(16, kernel: 3, padding: .same)
      for _ in 0..<blocks {
        let block = Sequential {
          Conv2D(16, kernel: 3, padding: .same)
          BatchNormalization()
          Activation(.silu)
          Conv2D(16, kernel: 3, padding: .same)
          Dropout(0.1)
          Activation(.tanh)
        }
        if checkpointed { block.checkpointed() } else { block }
      }
      Flatten()
      Dense(10, activation: .softmax)
    }
  }

  @Test("train to the same weights, bit for bit", arguments: [true, false])
  func bits(onProcessor: Bool) async throws {
    let digits = try Digits.load(count: 40)
    func weights(checkpointed: Bool) async throws -> [String: HostTensor] {
      let executor: any Executor = onProcessor ? CPUExecutor.shared : ReferenceExecutor()
      return try await network(blocks: 2, checkpointed: checkpointed).fit(
        digits, epochs: 1, batchSize: 16, optimizer: .sgd(learningRate: 0.05, momentum: 0.9),
        loss: .sparseCategoricalCrossentropy, seed: 3, on: executor
      ).weights
    }
    let plain = try await weights(checkpointed: false)
    let again = try await weights(checkpointed: true)
    #expect(Set(again.keys) == Set(plain.keys))
    #expect(plain.keys.contains("sequential_1/conv2d/kernel"))
    for (path, value) in plain { #expect(again[path] == value, "\(path)") }
  }

  @Test("need less memory in a deep network")
  func memory() async throws {
    func arenaBytes(blocks: Int, checkpointed: Bool) async throws -> Int {
      let layer = network(blocks: blocks, checkpointed: checkpointed)
      let declaration = try layer.declaration(inputs: [TensorType(.float32, [8, 8, 1])])
      let weights = try declaration.weights(from: declaration.initialValues(seed: 0))
      let images = Tensor.placeholder(TensorType(.float32, [32, 8, 8, 1]))
      let seed = Tensor.placeholder(TensorType(.int64, [2]))
      let traced = weights.parameters.mapValues { Tensor.placeholder($0.type) }
      let state = weights.state.mapValues { Tensor.placeholder($0.type) }
      let (loss, _, gradient) = valueAndGradient(at: traced) { parameters in
        let scope = Scope(weights: Weights(parameters: parameters, state: state), seed: seed)
        return (square(scope.draw(layer, [images])[0]).sum(), ())
      }
      let next = zip(traced.leaves, gradient.leaves).map { $0 - 0.1 * $1 }
      let graph = try Graph(
        inputs: [images, seed], resident: traced.leaves + state.leaves, results: [loss],
        updates: Dictionary(uniqueKeysWithValues: next.enumerated().map { ($0, $1) }))
      let executor = CPUExecutor(threads: 1)
      let resident = try await executor.place(
        (weights.parameters.leaves + weights.state.leaves).compactMap(\.constant))
      let program = try await executor.compile(graph, resident: resident)
      return try await executor.explanation(of: program).memory.plannedPeakBytes
    }
    let (plain, kept) = (
      try await arenaBytes(blocks: 8, checkpointed: false),
      try await arenaBytes(blocks: 8, checkpointed: true)
    )
    #expect(kept * 2 < plain, "\(kept) of \(plain) bytes")
    // One more block costs its inputs alone: 32 pictures of 8 × 8 × 16.
    let deeper = try await arenaBytes(blocks: 16, checkpointed: true)
    #expect(deeper - kept <= 8 * (32 * 8 * 8 * 16 * 4 + 4096), "\(deeper) after \(kept) bytes")
  }
}

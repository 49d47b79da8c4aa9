import GoldenKit
import MoruArchive
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
import TestKit
import Testing

@Suite("Training in mixed precision") struct MixedPrecisionTests {
  @Test("rounds as PyTorch rounds, bit for bit")
  func rounding() throws {
    let file = try GoldenFile("mixed", "rounding")
    let bits: [Int32] = try file.tensor("bits").array()
    let expected: [Int32] = try file.tensor("rounded").array()
    for (bits, expected) in zip(bits, expected) {
      let rounded = BFloat16(Float(bitPattern: UInt32(bitPattern: bits)))
      if Float(rounded).isNaN {
        #expect(Float(BFloat16(bitPattern: UInt16(expected))).isNaN)
      } else {
        #expect(Int32(rounded.bitPattern) == expected)
      }
    }
  }

  private static let accuracies = ["mlp": Digits.mlp, "cnn": Digits.cnn]

  @Test("learns as well as Float32", arguments: ["mlp", "cnn"])
  func digits(name: String) async throws {
    let parts = try Digits.load().trainTestSplit(testFraction: 0.25, stratified: true, seed: 1)
    let model = try #require(Self.accuracies[name])
    func trained(_ precision: PrecisionPolicy) async throws -> TrainedModel {
      try await model.fit(
        parts.train, epochs: 15, optimizer: .adam(learningRate: 3e-3),
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], precision: precision, seed: 1)
    }
    let mixed = try await trained(.mixedBFloat16)
    #expect(mixed.training?.precision == .mixedBFloat16)
    #expect(mixed.weights.values.allSatisfy { $0.dtype == .float32 })
    let accuracy = try await mixed.evaluate(parts.test)[.accuracy]
    let exact = try await trained(.float32)
    #expect(exact.training?.precision == .float32)
    #expect(exact.weights != mixed.weights)
    #expect(accuracy >= (try await exact.evaluate(parts.test)[.accuracy]) - 0.01)
    #expect(try await trained(.mixedBFloat16).weights == mixed.weights, "the same bits again")
  }

  /// Both executors round in the same places; sums of different orders may fall to either side of a
  /// middle, which moves a product by a unit in the last place, 2⁻⁷ of it at most.
  @Test("is the same on every executor", arguments: ["mlp", "cnn"])
  func executors(name: String) async throws {
    let digits = try Digits.load(count: 64)
    let model = try #require(Self.accuracies[name])
    func weights(_ precision: PrecisionPolicy, on executor: any Executor) async throws
      -> [String: HostTensor]
    {
      try await model.fit(
        digits, epochs: 1, batchSize: 32, optimizer: .sgd(learningRate: 0.05),
        loss: .sparseCategoricalCrossentropy, precision: precision, seed: 3, on: executor
      ).weights
    }
    let found = try await weights(.mixedBFloat16, on: .cpu)
    let expected = try await weights(.mixedBFloat16, on: .reference)
    let exact = try await weights(.float32, on: .cpu)
    // The gradient of a bias before batch normalization is 0 but for rounding.
    for (path, tensor) in found where !path.hasSuffix("conv2d/bias") {
      let other = try #require(expected[path])
      #expect(difference(tensor, from: other, tolerance: 1e-3) == nil, "\(path)")
      let float32 = try #require(exact[path])
      #expect(difference(tensor, from: float32, tolerance: 5e-2) == nil, "\(path) in Float32")
    }
  }

  /// PyTorch rounds biases and activations too, which are Float32 here: each rounding moves a number
  /// by 2⁻⁹ of it at most, and logits are of the order of 1.
  @Test("follows PyTorch's autocast, loss by loss")
  func autocast() async throws {
    let file = try GoldenFile("mixed", "autocast")
    let model = Sequential {
      Conv2D(6, kernel: 3, padding: .same, activation: .relu, name: "conv")
      MaxPooling2D(2)
      Flatten()
      Dense(5, name: "logits")
    }
    let optimizer = SGD(learningRate: 0x1p-6, momentum: 0.875)
    let inputs = try file.tensor("input").converted(to: .float32)
    let targets = try file.tensor("target")
    let declaration = try model.declaration(inputs: [TensorType(.float32, [8, 8, 2])])
    let start = try declaration.weights(
      from: file.tensors(after: "initial.").mapValues { $0.converted(to: .float32) })
    var parameters = start.parameters
    var optimizerState = optimizer.initialState(for: parameters)
    var losses: [Double] = []
    for index in 0..<10 {
      let x = Tensor(try row(index, of: inputs))
      let target = Tensor(try row(index, of: targets))
      let (loss, _, gradient) = valueAndGradient(at: parameters) { parameters in
        let scope = Scope(weights: Weights(parameters: parameters, state: [:]))
        var mixed = MixedPrecision()
        let logits = mixed.redrawing(scope.draw(model, [x])[0])
        return (
          SparseCategoricalCrossentropy(fromLogits: true)(target: target, prediction: logits), ()
        )
      }
      let updated = optimizer.update(parameters, gradient, &optimizerState)
      let names = updated.keys.sorted()
      let state = optimizerState.leaves
      let values = try await CPUExecutor.shared.values(
        of: [loss] + names.compactMap { updated[$0] } + state)
      losses.append(Double(try values[0].array(of: Float.self)[0]))
      for (name, value) in zip(names, values.dropFirst()) { parameters[name] = Tensor(value) }
      optimizerState = optimizerState.replacingLeaves(
        values.suffix(state.count).map { Tensor($0) })
    }
    let expected: [Double] = try file.tensor("loss").array()
    for (index, (found, expected)) in zip(losses, expected).enumerated() {
      #expect(
        abs(found - expected) <= 0x1p-7 * expected, "step \(index + 1): \(found), \(expected)")
    }
  }

  private func row(_ index: Int, of tensor: HostTensor) throws -> HostTensor {
    try tensor.slice(index..<index + 1).reshaped(to: Shape(Array(tensor.shape.dropFirst())))
  }

  @Test("a backup in another precision is refused")
  func backup() async throws {
    let folder = try TemporaryFolder()
    let digits = try Digits.load(count: 32)
    func fit(_ precision: PrecisionPolicy) async throws {
      _ = try await Digits.mlp.fit(
        digits, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
        callbacks: [.backupAndRestore(folder.path("backup"), deletesBackup: false)],
        precision: precision)
    }
    try await fit(.mixedBFloat16)
    let error = await #expect(throws: TrainingError.self) { try await fit(.float32) }
    #expect(error?.description.contains("precision mixed_bfloat16, not float32") == true)
  }
}

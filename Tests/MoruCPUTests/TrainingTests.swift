import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Whole training steps: fused, with blocked weights, updated in place.
@Suite struct TrainingTests {
  static let models: [TestModel] = [
    .perceptron, .convolutional(16, 32), .convolutional(5, 7), .convolutional(32, 64),
  ]

  /// Trains for some steps and gives the losses and the state.
  private func train(
    _ model: TestModel, on executor: any Executor, batches: [Int], dtype: DType = .float32
  ) async throws -> (losses: [HostTensor], state: [HostTensor]) {
    var losses: [HostTensor] = []
    let (_, state) = try model.trainingGraph(batch: 1, dtype: dtype)
    let resident = try await executor.place(try await executor.values(of: state.leaves))
    for (step, size) in batches.enumerated() {
      let (graph, _) = try model.trainingGraph(batch: size, dtype: dtype)
      let program = try await executor.compile(graph, resident: resident)
      losses += try await program.run(model.batch(size, step: step, dtype: dtype))
    }
    return (losses, try await executor.read(resident))
  }

  @Test(arguments: models.indices, PrimitiveTests.floating)
  func agreesWithTheReference(_ index: Int, _ dtype: DType) async throws {
    let model = Self.models[index]
    let batches = [8, 8, 3, 8]
    let found = try await train(model, on: CPUExecutor.shared, batches: batches, dtype: dtype)
    let expected = try await train(model, on: ReferenceExecutor(), batches: batches, dtype: dtype)
    let tolerance = dtype == .float64 ? 1e-11 : 2e-4
    for (a, b) in zip(found.losses + found.state, expected.losses + expected.state) {
      try expectClose(a, b, tolerance: tolerance, "model \(index)")
    }
  }

  @Test(arguments: models.indices)
  func givesTheSameBitsAgain(_ index: Int) async throws {
    let model = Self.models[index]
    let first = try await train(model, on: CPUExecutor(threads: 2), batches: [64, 64, 5])
    let second = try await train(model, on: CPUExecutor(threads: 2), batches: [64, 64, 5])
    for (a, b) in zip(first.losses + first.state, second.losses + second.state) {
      #expect(sameBits(a, b))
    }
  }

  @Test(arguments: [1, 2, 3])
  func worksWithAnyNumberOfThreads(_ threads: Int) async throws {
    let model = TestModel.convolutional(16, 32)
    let found = try await train(model, on: CPUExecutor(threads: threads), batches: [16, 16])
    let expected = try await train(model, on: ReferenceExecutor(), batches: [16, 16])
    for (a, b) in zip(found.losses + found.state, expected.losses + expected.state) {
      try expectClose(a, b, tolerance: 2e-4)
    }
  }

  /// A program that was compiled before training chose a layout for the weights follows it.
  @Test func programsShareResidentValues() async throws {
    let model = TestModel.convolutional(16, 32)
    let executor = CPUExecutor(threads: 2)
    let (graph, state) = try model.trainingGraph(batch: 8)
    let resident = try await executor.place(try await executor.values(of: state.leaves))
    let parameters = Array(resident[..<model.shapes.count])
    let input = sample(.float32, Shape([4] + model.input.dimensions), seed: 77)

    let early = try await executor.compile(model.predictionGraph(batch: 4), resident: parameters)
    let before = try await early.run([input])
    let training = try await executor.compile(graph, resident: resident)
    try expectClose(try await early.run([input])[0], before[0], tolerance: 1e-5)

    for step in 0..<3 {
      _ = try await training.run(model.batch(8, step: step))
      // What is read in the middle of training is what the programs see.
      let weights = try await executor.read(parameters)
      let reference: any Executor = ReferenceExecutor()
      let copies = try await reference.place(weights)
      let expected = try await reference.compile(
        model.predictionGraph(batch: 4), resident: copies
      ).run([input])
      let late = try await executor.compile(model.predictionGraph(batch: 4), resident: parameters)
      try expectClose(try await early.run([input])[0], expected[0], tolerance: 1e-5)
      try expectClose(try await late.run([input])[0], expected[0], tolerance: 1e-5)
    }
    #expect(try await early.run([input]) != before)
  }

  @Test func writesToBlockedWeights() async throws {
    let model = TestModel.convolutional(16, 32)
    let executor = CPUExecutor(threads: 2)
    let (graph, state) = try model.trainingGraph(batch: 8)
    let start = try await executor.values(of: state.leaves)
    let resident = try await executor.place(start)
    let training = try await executor.compile(graph, resident: resident)
    let first = try await training.run(model.batch(8, step: 0))
    try await executor.write(start, to: resident)
    let read = try await executor.read(resident)
    for (a, b) in zip(read, start) { #expect(sameBits(a, b)) }
    let again = try await training.run(model.batch(8, step: 0))
    #expect(sameBits(first[0], again[0]))
  }

  @Test func manyTasksShareOneExecutor() async throws {
    let executor = CPUExecutor(threads: 2)
    let alone = try await train(.perceptron, on: executor, batches: [8, 8, 8, 8])
    let runs = try await withThrowingTaskGroup(of: [HostTensor].self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await self.train(.perceptron, on: executor, batches: [8, 8, 8, 8]).state
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(runs.count == 8)
    for run in runs { for (a, b) in zip(run, alone.state) { #expect(sameBits(a, b)) } }
  }
}

import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Waits until an executor's memory has shrunk to some bytes; gives what it was last.
private func memory(of executor: CPUExecutor, shrunkTo byteCount: Int) async -> Int {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(20)
  while clock.now < end, await executor.memoryByteCount > byteCount { await Task.yield() }
  return await executor.memoryByteCount
}

@Suite struct MemoryTests {
  @Test(arguments: [1, 2, 3])
  func releasedModelsGiveTheirMemoryBack(threads: Int) async throws {
    let executor = CPUExecutor(threads: threads)
    let model = TestModel.convolutional(16, 32)
    let (graph, state) = try model.trainingGraph(batch: 8)
    let values = try await executor.values(of: state.leaves)
    _ = await memory(of: executor, shrunkTo: 0)
    var losses: [[HostTensor]] = []
    for _ in 0..<3 {
      let resident = try await executor.place(values)
      let program = try await executor.compile(graph, resident: resident)
      losses.append(try await program.run(model.batch(8, step: 0)))
      let held = resident.reduce(0) { $0 + $1.type.byteCount }
      #expect(await executor.memoryByteCount > held)
      withExtendedLifetime((resident, program)) {}
    }
    #expect(await memory(of: executor, shrunkTo: 0) == 0)
    #expect(losses[1] == losses[0] && losses[2] == losses[0])
  }

  @Test func aProgramKeepsTheValuesThatItReads() async throws {
    let executor = CPUExecutor(threads: 1)
    let x = Tensor.placeholder(TensorType(.float32, [3]))
    var program: (any Program)? = try await executor.compile(
      Graph(resident: [x], results: [x + 1]),
      resident: executor.place([HostTensor([Float(1), 2, 3])]))
    #expect(try await program?.run() == [HostTensor([Float(2), 3, 4])])
    #expect(await executor.memoryByteCount > 0)
    program = nil
    #expect(await memory(of: executor, shrunkTo: 0) == 0)
  }

  @Test func largeValuesAreReadWhereTheHostKeepsThem() async throws {
    let executor = CPUExecutor(threads: 2)
    let rows = sample(.float32, [3001, 37])
    let resident = try await executor.place([rows])
    #expect(await executor.memoryByteCount == 0)
    let (x, places) = (
      Tensor.placeholder(rows.type), Tensor.placeholder(TensorType(.int32, [3]))
    )
    let program = try await executor.compile(
      Graph(inputs: [places], resident: [x], results: [x.gathered(places)]), resident: resident)
    let found = try await program.run([HostTensor([Int32(0), 3000, 17])])
    #expect(found == [try rows.rows([0, 3000, 17])])
    #expect(try await executor.read(resident) == [rows])
    #expect(await executor.memoryByteCount < rows.byteCount)
    // What every run reads to its end is worth a copy.
    let factor = Tensor.placeholder(TensorType(.float32, []))
    let sum = try await executor.compile(
      Graph(inputs: [factor], resident: [x], results: [(x * factor).sum()]), resident: resident)
    #expect(await executor.memoryByteCount > rows.byteCount)
    let expected = try numbers(rows).reduce(0, +)
    let total = try await sum.run([HostTensor(Float(1))])[0]
    #expect(try abs(numbers(total)[0] - expected) < 1e-5 * Double(rows.count))
    #expect(try await program.run([HostTensor([Int32(0), 3000, 17])]) == found)
  }

  /// Each run has to read its own inputs, whether they are large enough to stay where they are or
  /// not, and whether the program gives them back.
  @Test(arguments: [40, 400], [false, true])
  func everyRunReadsItsOwnInputs(size: Int, givesBack: Bool) async throws {
    let executor = CPUExecutor(threads: 2)
    let type = TensorType(.float32, Shape([1, size, size, 3]))
    let (x, other) = (Tensor.placeholder(type), Tensor.placeholder(type))
    let kernel = Tensor.placeholder(TensorType(.float32, [3, 3, 3, 8]))
    let weights = sample(.float32, [3, 3, 3, 8], seed: 5)
    let y = convolution(
      x, kernel, strides: [2, 2], padding: .same, dilation: [1, 1], groups: 1)
    let graph = try Graph(
      inputs: [x, other], resident: [kernel],
      results: givesBack ? [y, x.reshaped(to: [size, size, 3])] : [y, other.sum()])
    let program = try await executor.compile(graph, resident: executor.place([weights]))
    let reference = ReferenceExecutor()
    let expected = try await reference.compile(graph, resident: reference.place([weights]))
    for seed in [UInt64(1), 2, 1, 3] {
      let values = [seed, 7].map { sample(.float32, type.shape, seed: $0) }
      let found = try await program.run(values)
      for (a, b) in zip(found, try await expected.run(values)) {
        try expectClose(a, b, tolerance: 1e-5)
      }
    }
  }

  @Test func valuesOfTheHostAreNeverChanged() async throws {
    let executor = CPUExecutor(threads: 2)
    let start = HostTensor(repeating: Float(1), shape: [300, 301])
    let next = HostTensor(repeating: Float(5), shape: [300, 301])
    let resident = try await executor.place([start])
    let x = Tensor.placeholder(start.type)
    let sum = try await executor.compile(
      Graph(resident: [x], results: [x.max()]), resident: resident)
    #expect(try await sum.run() == [HostTensor(Float(1))])
    // What replaces the value in place is compiled after a program that reads it.
    let doubling = try await executor.compile(
      Graph(resident: [x], results: [], updates: [0: x * 2]), resident: resident)
    _ = try await doubling.run(steps: [[], []])
    #expect(try await sum.run() == [HostTensor(Float(4))])
    let other = try await executor.place([start])
    let maximum = try await executor.compile(
      Graph(resident: [x], results: [x.max()]), resident: other)
    #expect(try await maximum.run() == [HostTensor(Float(1))])
    try await executor.write([next], to: other)
    #expect(try await maximum.run() == [HostTensor(Float(5))])
    #expect(start == HostTensor(repeating: Float(1), shape: [300, 301]))
  }

  @Test func parametersAreUpdatedWhenTheirGradientIsKnown() async throws {
    // Ten equal layers: if gradients were kept for an optimizer at the end, they would add up.
    let layers = 10
    let size = 128
    let model = TestModel(
      shapes: [Shape](repeating: [size, size], count: layers) + [[size, 10], [10]], input: [size]
    ) { w, x in
      var h = x
      for layer in 0..<layers { h = tanh(matmul(h, w[layer])) }
      return matmul(h, w[layers]) + w[layers + 1]
    }
    let (graph, state) = try model.trainingGraph(batch: 2)
    let executor = CPUExecutor(threads: 1)
    let resident = try await executor.place(executor.values(of: state.leaves))
    let program = try await executor.compile(graph, resident: resident)
    let plan = try await executor.explanation(of: program).memory
    #expect(plan.plannedPeakBytes < 3 * size * size * 4)
    #expect(Double(plan.plannedPeakBytes) <= 1.05 * Double(plan.lowerBoundBytes) + 4096)
  }
}

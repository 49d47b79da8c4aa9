import MoruCPU
import MoruGraph
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

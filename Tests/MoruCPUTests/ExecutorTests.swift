import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// What the executor refuses, and what it keeps apart.
@Suite struct ExecutorTests {
  private let type = TensorType(.float32, [3])

  private func increment() throws -> Graph {
    let x = Tensor.placeholder(type)
    let w = Tensor.placeholder(type)
    return try Graph(inputs: [x], resident: [w], results: [w + x], updates: [0: w + x])
  }

  @Test func refusesInputsOfOtherTypes() async throws {
    let resident = try await CPUExecutor.shared.place([.zeros([3])])
    let program = try await CPUExecutor.shared.compile(increment(), resident: resident)
    let good = HostTensor([Float(1), 2, 3])
    let bad = HostTensor([Float(1), 2])
    await #expect(throws: GraphError.inputs(expected: [type], found: [bad.type])) {
      _ = try await program.run(steps: [[good], [bad]])
    }
    // Nothing ran.
    #expect(try await CPUExecutor.shared.read(resident) == [.zeros([3])])
  }

  @Test func refusesResidentValuesOfOthers() async throws {
    let other = CPUExecutor(threads: 1)
    let foreign = try await other.place([.zeros([3])])
    await #expect(
      throws: GraphError.resident(expected: type, found: "f32[3] of another executor")
    ) { _ = try await CPUExecutor.shared.compile(increment(), resident: foreign) }
    let wrong = try await CPUExecutor.shared.place([.zeros([4])])
    await #expect(throws: GraphError.resident(expected: type, found: "f32[4]")) {
      _ = try await CPUExecutor.shared.compile(increment(), resident: wrong)
    }
    await #expect(throws: GraphError.resident(expected: type, found: "f32[4]")) {
      try await CPUExecutor.shared.write([.zeros([3])], to: wrong)
    }
    await #expect(throws: GraphError.inputs(expected: [type], found: [])) {
      _ = try await CPUExecutor.shared.compile(increment(), resident: [])
    }
  }

  /// A program that is kept for a computation sees the data of each run, more kinds of computations
  /// than are kept included.
  @Test func computesAtOnceWithOtherData() async throws {
    let executor = CPUExecutor(threads: 1)
    for round in 0..<3 {
      for size in 2..<80 {
        let x = Tensor(HostTensor(repeating: Float(round * 100 + size), shape: [size]))
        let sum = try await (x + x * 2).value(on: executor)
        #expect(sum == HostTensor(repeating: Float(3 * (round * 100 + size)), shape: [size]))
      }
    }
  }

  @Test func runsManyStepsInOneCall() async throws {
    let executor = CPUExecutor(threads: 2)
    let resident = try await executor.place([.zeros([3])])
    let program = try await executor.compile(increment(), resident: resident)
    let steps = (1...5).map { [HostTensor(repeating: Float($0), shape: [3])] }
    let results = try await program.run(steps: steps)
    #expect(
      results.map { $0[0] }
        == [1, 3, 6, 10, 15].map {
          HostTensor(repeating: Float($0), shape: [3])
        })
    #expect(try await executor.read(resident) == [HostTensor(repeating: Float(15), shape: [3])])
    try await executor.write([HostTensor([Float(1), 2, 3])], to: resident)
    #expect(try await program.run(steps[0]) == [HostTensor([Float(2), 3, 4])])
  }

  @Test func programsOutliveTheirHandles() async throws {
    let executor = CPUExecutor(threads: 2)
    func make() async throws -> any Program {
      try await executor.compile(increment(), resident: executor.place([.zeros([3])]))
    }
    let program = try await make()
    // The next call frees what the handles stood for; the program keeps its values.
    _ = try await executor.place([.zeros([3])])
    let one = HostTensor(repeating: Float(1), shape: [3])
    _ = try await program.run([one])
    #expect(try await program.run([one]) == [HostTensor(repeating: Float(2), shape: [3])])
  }

  @Test func handlesManyAxes() async throws {
    let shape = Shape([Int](repeating: 2, count: 12))
    let x = sample(.float32, shape)
    try await check(.transpose(Transpose(permutation: Array((0..<12).reversed()))), [x])
    try await check(.reduce(Reduce(kind: .sum, axes: [0, 2, 4, 6, 8, 10])), [x])
    let placeholder = Tensor.placeholder(x.type)
    let turned = placeholder.transposed([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10])
    let graph = try Graph(inputs: [placeholder], results: [turned * placeholder])
    let expected = try await ReferenceExecutor().compile(graph).run([x])
    try expectClose(
      try await CPUExecutor.shared.compile(graph).run([x])[0], expected[0], tolerance: 0)
  }

  @Test func refusesTooManyAxes() async throws {
    let type = TensorType(.float32, Shape([Int](repeating: 1, count: 33)))
    let placeholder = Tensor.placeholder(type)
    let graph = try Graph(inputs: [placeholder], results: [placeholder + 1])
    await #expect(throws: CPUError.tooManyAxes(type, limit: 32)) {
      _ = try await CPUExecutor.shared.compile(graph)
    }
    #expect(CPUError.tooManyAxes(type, limit: 32).description.contains("Reshape it"))
  }

  @Test func oneResidentValueMayBeNamedTwice() async throws {
    let (a, b) = (Tensor.placeholder(type), Tensor.placeholder(type))
    let graph = try Graph(resident: [a, b], results: [a * b], updates: [0: a + 1])
    let executor = CPUExecutor(threads: 1)
    let resident = try await executor.place([HostTensor([Float(1), 2, 3])])
    let program = try await executor.compile(graph, resident: resident + resident)
    #expect(try await program.run() == [HostTensor([Float(1), 4, 9])])
    #expect(try await program.run() == [HostTensor([Float(4), 9, 16])])
  }
}

import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct ReferenceExecutorTests {
  @Test("Float64 precision keeps what Float32 rounds away")
  func precision() async throws {
    let x = Tensor(HostTensor([1e8, 1] as [Float]))
    let y = (x.sliced(0..<1) + x.sliced(1..<2)) - x.sliced(0..<1)
    let rounded = try await y.value(on: ReferenceExecutor())
    let exact = try await y.value(on: ReferenceExecutor(precision: .float64))
    #expect(rounded == HostTensor([0] as [Float]))
    #expect(exact == HostTensor([1] as [Float]))
  }

  @Test("Float64 precision draws the same random numbers and keeps declared types")
  func precisionKeepsTypes() async throws {
    let random = Tensor.randomUniform([4], seed: Tensor(HostTensor([1, 2] as [Int64])), stream: 3)
    let graph = try Graph(results: [random, random.converted(to: .int32), random .< 0.5])
    let declared = try await ReferenceExecutor().compile(graph).run()
    let wide = try await ReferenceExecutor(precision: .float64).compile(graph).run()
    #expect(declared == wide)
  }

  @Test("Float32 sums are kept in Float64")
  func sums() async throws {
    let x = Tensor(HostTensor([Float](repeating: 0.1, count: 1_000_000)))
    let total = try await x.sum().value(on: ReferenceExecutor()).array(of: Float.self)
    #expect(total == [Float(Double(Float(0.1)) * 1e6)])
  }

  @Test("a malformed graph is refused, not run")
  func malformed() async throws {
    let type = TensorType(.int32, [2])
    let graph = Graph(
      types: [type, type], inputs: [0], resident: [],
      nodes: [.init(.unary(.sine), operands: [0], results: [1])], results: [1], updates: [])
    await #expect(throws: GraphError.self) { _ = try await ReferenceExecutor().compile(graph) }
  }

  @Test("a failed step leaves residents as they were before it")
  func wrongInputs() async throws {
    let executor = ReferenceExecutor()
    let (x, step) = (
      Tensor.placeholder(TensorType(.float32, [])), Tensor.placeholder(TensorType(.float32, []))
    )
    let resident = await executor.place([HostTensor(1 as Float)])
    let graph = try Graph(inputs: [step], resident: [x], results: [], updates: [0: x + step])
    let program = try await executor.compile(graph, resident: resident)
    await #expect(throws: GraphError.inputs(expected: [step.type], found: [])) {
      _ = try await program.run(steps: [[HostTensor(1 as Float)], []])
    }
    #expect(try await executor.read(resident) == [HostTensor(1 as Float)])
  }
}

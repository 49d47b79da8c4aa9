import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

/// Loops and their gradients on the processor.
@Suite struct LoopTests {
  private static let loops = Sample.primitives.filter { sample in
    sample.smoothDomain != nil && sample.inputs.allSatisfy { $0.dtype == .float32 }
      && sample.name.hasPrefix("scan")
  }

  @Test("gradients of loops agree with the reference", arguments: loops, [nil, 1] as [Int?])
  func gradient(sample: Sample, threads: Int?) async throws {
    let inputs = sample.inputs.map { Tensor.placeholder($0.type) }
    let slopes = gradients(of: square(sample.draw(inputs)).sum(), at: inputs)
    try await check(Graph(inputs: inputs, results: slopes), sample.inputs, threads: threads)
  }

  @Test("gradients of gradients of loops agree with the reference", arguments: loops)
  func gradientOfGradient(sample: Sample) async throws {
    let inputs = sample.inputs.map { Tensor.placeholder($0.type) }
    let slopes = gradients(of: square(sample.draw(inputs)).sum(), at: inputs)
    let again = gradients(of: slopes.map { square($0).sum() }.reduce(0, +), at: inputs)
    try await check(Graph(inputs: inputs, results: again), sample.inputs, tolerance: 1e-4)
  }

  private func check(
    _ graph: Graph, _ inputs: [HostTensor], threads: Int? = nil, tolerance: Double = 1e-5
  ) async throws {
    let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
    let executor = CPUExecutor(threads: threads)
    let program = try await executor.compile(graph)
    let found = try await program.run(inputs)
    #expect(try await zip(program.run(inputs), found).allSatisfy(sameBits))
    try #require(found.count == expected.count)
    for (index, pair) in zip(found, expected).enumerated() {
      try expectClose(pair.0, pair.1, tolerance: tolerance, "result \(index)")
    }
  }
}

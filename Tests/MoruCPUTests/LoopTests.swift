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

  /// Batches that threads, chunks of rows and tiles divide evenly and unevenly; weights narrower and
  /// wider than a panel of columns.
  private static let sizes = [[1, 1], [3, 16], [33, 19], [64, 64], [130, 9], [5, 70]]

  @Test("loops over rows of any number and width agree with the reference", arguments: sizes)
  func rows(size: [Int]) async throws {
    let (batch, units) = (size[0], size[1])
    let steps = 3
    let inputs = [
      sample(.float32, [steps, batch, 4 * units], seed: 1),
      sample(.float32, [batch, units], seed: 2), sample(.float32, [batch, units], seed: 3),
      sample(.float32, [units, 4 * units], seed: 4, scale: 1 / Double(units).squareRoot()),
      sample(.float32, [units], seed: 5),
    ]
    let x = inputs.map { Tensor.placeholder($0.type) }
    let loop = scan([x[1], x[2]], over: x[0], reversed: units % 2 == 0) { state, z in
      let gates = z + matmul(state[0], x[3])
      func gate(_ place: Int) -> Tensor {
        gates.sliced(place * units..<(place + 1) * units, axis: 1)
      }
      let c = sigmoid(gate(1)) * state[1] + sigmoid(gate(0)) * relu(gate(2) + x[4])
      let h = sigmoid(gate(3)) * tanh(c)
      return ([h, c], [h, concatenate([c, z.sliced(0..<units, axis: 1)], axis: 1)])
    }
    let results = loop.carry + loop.outputs
    let slopes = gradients(of: results.map { square($0).sum() }.reduce(0, +), at: x)
    let graph = try Graph(inputs: x, results: results + slopes)
    try await check(graph, inputs)
    try await check(graph, inputs, threads: 3)
    try await check(graph, inputs, generatesCode: false)
    let executor = CPUExecutor.shared
    let explanation = try await executor.explanation(of: executor.compile(graph))
    let loops = explanation.steps.filter { $0.kind == "scan" }
    #expect(loops.count == 2 && loops.allSatisfy { $0.detail.contains("rows: ") })
    // Elementwise instructions become machine code where fused passes do.
    let isGenerated = explanation.steps.contains {
      $0.kind == "elementwise" && $0.implementation == "generated"
    }
    #expect(loops.allSatisfy { ($0.implementation == "generated") == isGenerated })
  }

  private func check(
    _ graph: Graph, _ inputs: [HostTensor], threads: Int? = nil, generatesCode: Bool = true,
    tolerance: Double = 1e-5
  ) async throws {
    let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
    let executor = CPUExecutor(threads: threads, generatesCode: generatesCode)
    let program = try await executor.compile(graph)
    let found = try await program.run(inputs)
    #expect(try await zip(program.run(inputs), found).allSatisfy(sameBits))
    try #require(found.count == expected.count)
    for (index, pair) in zip(found, expected).enumerated() {
      try expectClose(pair.0, pair.1, tolerance: tolerance, "result \(index)")
    }
  }
}

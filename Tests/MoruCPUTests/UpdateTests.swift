import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Resident values are all read before any is replaced, whatever replaces them.
@Suite struct UpdateTests {
  /// Runs a graph over resident values three times on both executors.
  private func check(
    _ types: [TensorType],
    _ body: ([Tensor]) -> (results: [Tensor], updates: [Int: Tensor])
  ) async throws {
    let placeholders = types.map { Tensor.placeholder($0) }
    let (results, updates) = body(placeholders)
    let graph = try Graph(resident: placeholders, results: results, updates: updates)
    let start = types.enumerated().map { sample($1.dtype, $1.shape, seed: UInt64($0 + 1)) }
    var outcomes: [[HostTensor]] = []
    for executor in [CPUExecutor.shared, ReferenceExecutor()] as [any Executor] {
      let resident = try await executor.place(start)
      let program = try await executor.compile(graph, resident: resident)
      var values: [HostTensor] = []
      for _ in 0..<3 { values += try await program.run() }
      outcomes.append(values + (try await executor.read(resident)))
    }
    for (a, b) in zip(outcomes[0], outcomes[1]) { try expectClose(a, b, tolerance: 1e-6) }
  }

  @Test func swapsTwoValues() async throws {
    let type = TensorType(.float32, [3, 4])
    try await check([type, type]) { ([$0[0]], [0: $0[1], 1: $0[0]]) }
  }

  @Test func returnsTheOldValueOfWhatItReplaces() async throws {
    try await check([TensorType(.float32, [700])]) { ([$0[0], $0[0] + 1], [0: $0[0] * 2]) }
  }

  @Test func usesOldAndNewValuesTogether() async throws {
    let type = TensorType(.float32, [5, 300])
    try await check([type, type]) { values in
      let first = values[0] * 0.5 + values[1]
      let second = values[1] - values[0] * first
      return ([(first * second).sum()], [0: first, 1: second])
    }
  }

  @Test func replacesByATransposedSelf() async throws {
    try await check([TensorType(.float32, [40, 40])]) {
      ([], [0: $0[0].transposed([1, 0]) + $0[0]])
    }
    try await check([TensorType(.float32, [6, 6])]) { ([], [0: $0[0].transposed([1, 0])]) }
  }

  @Test func replacesByAProductWithSelf() async throws {
    try await check([TensorType(.float32, [9, 9])]) {
      ([], [0: matmul($0[0], $0[0]) * Tensor(0.1)])
    }
    try await check([TensorType(.float32, [9, 9])]) { ([], [0: matmul($0[0], $0[0])]) }
  }

  @Test func countsAndKeepsWhatIsNotUpdated() async throws {
    try await check([TensorType(.int64, []), TensorType(.int64, [2])]) {
      ([$0[1]], [0: $0[0] + 1])
    }
  }

  @Test func replacesTwoValuesByOne() async throws {
    let type = TensorType(.float64, [33])
    try await check([type, type]) { values in
      let sum = values[0] + values[1]
      return ([sum], [0: sum, 1: sum])
    }
  }
}

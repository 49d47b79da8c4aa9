import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("PriorShift") struct PriorShiftTests {
  private func values(_ layer: PriorShift, _ rows: [[Float]]) async throws -> [Double] {
    var weights = Weights()
    return try await numbers(layer(Tensor(HostTensor(rows)), &weights))
  }

  private func expect(_ found: [Double], _ wanted: [Double]) {
    #expect(found.count == wanted.count)
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("is Bayes's rule for probabilities of all classes, and for one probability")
  func probabilities() async throws {
    // 0.5 at an equal ratio is 0.01 where 1 of 100 is such.
    let two = PriorShift(trained: [0.5, 0.5], field: [0.99, 0.01])
    expect(try await values(two, [[0.5, 0.5], [0, 1]]), [0.99, 0.01, 0, 1])
    expect(try await values(two, [[0.5], [0.99], [1], [0]]), [0.01, 0.5, 1, 0])
    let three = PriorShift(trained: [0.2, 0.3, 0.5], field: [0.5, 0.3, 0.2])
    expect(
      try await values(three, [[0.2, 0.3, 0.5], [0, 0.5, 0.5]]),
      [0.5, 0.3, 0.2, 0, 0.5 / 0.7, 0.2 / 0.7])
  }

  @Test("of scores gives what the softmax, or sigmoid, of them would have become")
  func logits() async throws {
    let shift = PriorShift(trained: [0.25, 0.75], field: [0.75, 0.25], fromLogits: true)
    let scores = try await values(shift, [[1, 2]])
    expect([scores[1] - scores[0]], [1 - 2 * 1.0986122886681098])
    expect(try await values(shift, [[0.5]]), [0.5 - 2 * 1.0986122886681098])
  }

  @Test("a class that the field lacks has no probability left")
  func absent() async throws {
    let shift = PriorShift(trained: [0.5, 0.5], field: [1, 0])
    expect(try await values(shift, [[0.1, 0.9]]), [1, 0])
  }
}

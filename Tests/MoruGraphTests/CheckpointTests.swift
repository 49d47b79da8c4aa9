import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite("Checkpointed computations") struct CheckpointTests {
  private let x = Tensor(HostTensor([0.3, -1.2, 2, 0.7]))
  private let weight = Tensor(HostTensor([1.5, 0.2, -0.4, 3]))

  /// Value and gradients of a function of two tensors, with and without checkpoint.
  private func compare(
    captures: Bool = false, _ body: @escaping (Tensor, Tensor) -> Tensor
  ) async throws {
    let plain = body(x, weight)
    let kept =
      captures
      ? checkpointed([x]) { [body($0[0], weight)] }[0]
      : checkpointed([x, weight]) { [body($0[0], $0[1])] }[0]
    #expect(try await elements(kept) == elements(plain))
    let expected = gradients(of: square(plain).sum(), at: [x, weight])
    let found = gradients(of: square(kept).sum(), at: [x, weight])
    for (a, b) in zip(found, expected) { #expect(try await elements(a) == elements(b)) }
    // And the gradient of the gradient.
    let twice = gradients(of: square(expected[0]).sum(), at: [x, weight])
    let again = gradients(of: square(found[0]).sum(), at: [x, weight])
    for (a, b) in zip(again, twice) {
      #expect(agree(try await elements(a), try await elements(b)))
    }
  }

  @Test("give the same values and gradients, bit for bit", arguments: [false, true])
  func values(captures: Bool) async throws {
    try await compare(captures: captures) { sin($0 * $1) * exp($0) + $1 }
    try await compare(captures: captures) { softplus(tanh($0 * $1)) * $0 }
    // What is captured may depend on what else is captured, and the result on no input.
    try await compare(captures: captures) { $0 * sigmoid($1) + $1 }
    try await compare(captures: captures) { square($1) }
  }

  @Test("may stand inside one another")
  func nesting() async throws {
    try await compare { x, w in
      checkpointed([x * w]) { y in
        [tanh(checkpointed([y[0]]) { [sin($0[0]) * w] }[0]) * y[0]]
      }[0]
    }
  }

  @Test("may have several results, whole numbers among inputs, and errors")
  func ends() async throws {
    let places = Tensor(HostTensor([1, 0, 3, 3] as [Int32]))
    let parts = checkpointed([x, places]) { [$0[0].gathered($0[1]), exp($0[0])] }
    let plain = [x.gathered(places), exp(x)]
    let loss = (parts[0] * parts[1]).sum()
    #expect(try await elements(loss) == elements((plain[0] * plain[1]).sum()))
    let slope = gradients(of: loss, at: [x])[0]
    let expected = gradients(of: (plain[0] * plain[1]).sum(), at: [x])[0]
    #expect(agree(try await elements(slope), try await elements(expected)))
    let failed = checkpointed([x]) { [$0[0] + Tensor(HostTensor([1.0, 2]))] }[0]
    #expect(failed.error != nil)
  }

  @Test("are computed twice in the graph, behind barriers, with the same random numbers")
  func repetition() async throws {
    let seed = Tensor(HostTensor([4, 2] as [Int64]))
    let y = checkpointed([x, seed]) { inputs in
      let draw = Tensor.randomUniform([4], seed: inputs[1], stream: 1, dtype: .float64)
      return [sin(inputs[0]) * draw]
    }[0]
    let slope = gradients(of: square(y).sum(), at: [x])[0]
    let graph = try Graph(results: [y, slope])
    func count(_ name: String) -> Int { graph.nodes.count { $0.primitive.rule.name == name } }
    #expect(count("random") == 2)
    #expect(count("barrier") == 2)
    let draw = Tensor.randomUniform([4], seed: seed, stream: 1, dtype: .float64)
    let plain = gradients(of: square(sin(x) * draw).sum(), at: [x])[0]
    #expect(try await elements(slope) == elements(plain))
  }
}

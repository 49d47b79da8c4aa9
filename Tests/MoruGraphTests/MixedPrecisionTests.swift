import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite("Mixed precision") struct MixedPrecisionTests {
  private let x = Tensor.placeholder(TensorType(.float32, [2, 3]))
  private let w = Tensor.placeholder(TensorType(.float32, [3, 3]))

  /// A tensor that two products read is converted once; everything else stays Float32.
  @Test func productsReadBFloat16() throws {
    let y = relu(matmul(x, w))
    var mixed = MixedPrecision()
    let drawn = mixed.redrawing(matmul(y, w) + matmul(y, w).sum())
    #expect(
      try Graph(inputs: [x, w], results: [drawn]).renumbered().description == """
        graph(%0: f32[2, 3], %1: f32[3, 3]) {
          %2 = convert %0 : bf16[2, 3]
          %3 = convert %1 : bf16[3, 3]
          %4 = dot %2, %3 {contracting [1]×[0]} : bf16[2, 3]
          %5 = convert %4 : f32[2, 3]
          %6 = constant {f32[] 0.0} : f32[]
          %7 = broadcast %6 {axes []} : f32[2, 3]
          %8 = maximum %5, %7 : f32[2, 3]
          %9 = convert %8 : bf16[2, 3]
          %10 = dot %9, %3 {contracting [1]×[0]} : bf16[2, 3]
          %11 = convert %10 : f32[2, 3]
          %12 = dot %9, %3 {contracting [1]×[0]} : bf16[2, 3]
          %13 = convert %12 : f32[2, 3]
          %14 = reduce %13 {sum axes [0, 1]} : f32[]
          %15 = broadcast %14 {axes []} : f32[2, 3]
          %16 = add %11, %15 : f32[2, 3]
          return %16
        }
        """)
  }

  @Test func gradientsAreFloat32AndTheirProductsAreNot() throws {
    var mixed = MixedPrecision()
    let loss = square(mixed.redrawing(matmul(x, w))).sum()
    let slope = gradients(of: loss, at: [w])[0]
    #expect(slope.type == w.type)
    let graph = try Graph(inputs: [x, w], results: [slope])
    for node in graph.nodes {
      guard case .dot = node.primitive else { continue }
      #expect(node.operands.allSatisfy { graph.types[$0].dtype == .bfloat16 })
    }
  }

  @Test func whatHasNoProductIsTheSameTensor() throws {
    var mixed = MixedPrecision()
    let y = exp(x) + 1
    let graph = try Graph(inputs: [x], results: [mixed.redrawing(y), y])
    #expect(graph.results[0] == graph.results[1])
  }

  @Test func wideTensorsAreLeftAlone() throws {
    let (x, w) = (
      Tensor(HostTensor.zeros([2, 3], dtype: .float64)), HostTensor.zeros([3, 1], dtype: .float64)
    )
    var mixed = MixedPrecision()
    let graph = try Graph(results: [mixed.redrawing(matmul(x, Tensor(w)))])
    #expect(graph.types.allSatisfy { $0.dtype == .float64 })
  }

  private func values(_ shape: Shape, _ seed: Seed) throws -> Tensor {
    Tensor(
      try HostTensor(seed.uniform(count: shape.elementCount).map { Float($0 - 0.5) }, shape: shape))
  }

  /// A block that is computed again is computed again in BFloat16.
  @Test func checkpointsRepeatTheSameNumbers() async throws {
    let (x, w) = (try values([4, 3], 1), try values([3, 3], 2))
    func slopes(_ body: ([Tensor], ([Tensor]) -> [Tensor]) -> [Tensor]) async throws -> [[Double]] {
      let block: ([Tensor]) -> [Tensor] = { [tanh(matmul(tanh(matmul($0[0], w)), w))] }
      let inputs = [x.stoppingGradient() + 0]
      var mixed = MixedPrecision()
      let loss = square(mixed.redrawing(body(inputs, block)[0])).sum()
      return [
        try await elements(loss),
        try await elements(gradients(of: loss, at: [w])[0]),
        try await elements(gradients(of: loss, at: inputs)[0]),
      ]
    }
    let plain = try await slopes { $1($0) }
    #expect(try await slopes { checkpointed($0, $1) } == plain)
    let exact = try await elements(
      gradients(of: square(tanh(matmul(tanh(matmul(x, w)), w))).sum(), at: [w])[0])
    #expect(zip(plain[1], exact).contains { $0 != $1 })
  }

  /// A loop is what its steps written out are, to a unit in the last place: its gradient sums over
  /// steps in one product, which is rounded once.
  @Test func loopsAreDrawnAnewInside() async throws {
    let (h, w, x) = (try values([2, 3], 3), try values([3, 3], 4), try values([4, 2, 3], 5))
    func step(_ h: Tensor, _ x: Tensor) -> Tensor { tanh(x + matmul(h, w)) }
    let loop = scan(h, over: x) { h, x in
      let next = step(h, x)
      return (next, next)
    }
    let unrolled = (0..<4).reduce(h) { h, place in
      step(h, x.sliced(place..<place + 1).reshaped(to: [2, 3]))
    }
    func results(_ last: Tensor) async throws -> (value: [Double], slope: [Double]) {
      var mixed = MixedPrecision()
      let drawn = mixed.redrawing(last)
      let slope = gradients(of: square(drawn).sum(), at: [w])[0]
      return (try await elements(drawn), try await elements(slope))
    }
    let (found, expected) = (try await results(loop.carry), try await results(unrolled))
    #expect(found.value == expected.value)
    #expect(agree(found.slope, expected.slope, within: 0x1p-6))
    let graph = try Graph(results: [loop.carry])
    var mixed = MixedPrecision()
    let drawn = try Graph(results: [mixed.redrawing(loop.carry)])
    #expect(!graph.description.contains("bf16"))
    #expect(drawn.description.contains("dot"))
    #expect(drawn.description.contains("bf16"))
  }
}

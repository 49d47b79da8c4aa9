import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct LoopTests {
  private static func type(_ shape: Shape) -> TensorType { TensorType(.float32, shape) }

  @Test("a loop is printed with its body, and keeps only what is read")
  func text() throws {
    let (h, x) = (Tensor.placeholder(Self.type([2])), Tensor.placeholder(Self.type([5, 2])))
    let w = Tensor.placeholder(Self.type([2]))
    let loop = scan([h, h], over: x, reversed: true) { state, row in
      let next = tanh(state[0] * w + row)
      return ([next, state[1] + row], [next, state[1] * 2])
    }
    let graph = try Graph(inputs: [h, x, w], results: [loop.outputs[0]])
    #expect(
      graph.description == """
        graph(%0: f32[2], %1: f32[5, 2], %2: f32[2]) {
          %3, %4 = scan %0, %1, %2 {length 5 carries 1 sequences 1 reversed} : f32[2], f32[5, 2]
            body(%0: f32[2], %1: f32[2], %2: f32[2]) {
              %3 = multiply %0, %2 : f32[2]
              %4 = add %3, %1 : f32[2]
              %5 = tanh %4 : f32[2]
              return %5, %5
            }
          return %4
        }
        """)
  }

  @Test("the gradient keeps what steps made, and sums over steps in products after the loop")
  func gradientText() throws {
    let (h, x) = (Tensor.placeholder(Self.type([4, 2])), Tensor.placeholder(Self.type([5, 4, 2])))
    let (w, b) = (Tensor.placeholder(Self.type([2, 2])), Tensor.placeholder(Self.type([2])))
    let last = scan(h, over: x) { h, row in (tanh(matmul(h, w) + row + b), [Tensor]()) }.carry
    let slopes = gradients(of: last.sum(), at: [w, b])
    let graph = try Graph(inputs: [h, x, w, b], results: slopes)
    let loops = graph.nodes.compactMap { node in
      if case .scan(let loop) = node.primitive { loop } else { nil }
    }
    try #require(loops.count == 2)
    // Forward: the state and two stacks, the states before and after; one product.
    #expect(loops[0].body.results.count == 3)
    #expect(loops[0].body.nodes.count { Self.isProduct($0) } == 1)
    // Backward: one product with the weight; none for the weight's own gradient.
    #expect(loops[1].isReversed)
    #expect(loops[1].carryCount == 1)
    #expect(loops[1].body.nodes.count { Self.isProduct($0) } == 1)
    #expect(!loops[1].body.nodes.contains { $0.primitive == .unary(.tanh) })
    #expect(graph.nodes.count { Self.isProduct($0) } == 1)
  }

  private static func isProduct(_ node: Graph.Node) -> Bool {
    if case .dot = node.primitive { true } else { false }
  }

  @Test("equal loops are equal, whatever they were drawn for")
  func equality() throws {
    func draw(_ readsAll: Bool) throws -> Graph {
      let x = Tensor.placeholder(Self.type([3, 2]))
      let loop = scan(Tensor.zeros([2]), over: x) { h, row in (h + row, exp(h)) }
      _ = readsAll ? gradients(of: loop.outputs.sum(), at: [x]) : []
      return try Graph(inputs: [x], results: [loop.carry])
    }
    #expect(try draw(true) == draw(false))
    #expect(try draw(true).hashValue == draw(false).hashValue)
  }

  @Test("stopped and custom gradients hold inside a body")
  func stopping() async throws {
    let x = try constant([2, 3, 4])
    let loop = scan(Tensor(HostTensor(1.0)), over: x) { product, factor in
      (product * factor.stoppingGradient() + factor, [Tensor]())
    }
    // Of ((1·2 + 2)·3 + 3)·4 + 4, where only the summands count: 3·4, 4, 1.
    #expect(try await elements(loop.carry) == [64])
    #expect(try await elements(gradients(of: loop.carry, at: [x])[0]) == [12, 4, 1])

    func steep(_ term: Tensor) -> Tensor {
      term.withGradient(to: [term]) { [$0 * term * 10] }
    }
    let custom = scan(Tensor(HostTensor(0.0)), over: x) { sum, term in
      (sum + steep(term), [Tensor]())
    }
    let slope = gradients(of: custom.carry, at: [x])[0]
    #expect(try await elements(slope) == [20, 30, 40])
    #expect(try await elements(gradients(of: slope.sum(), at: [x])[0]) == [10, 10, 10])
  }

  @Test("a loop of a graph alone has the same gradient as the drawn one")
  func redrawn() async throws {
    let (h, x, w) = (
      try constant([1, 2]), try constant([1, 2, 3, 4], [2, 2]), try constant([3, 4])
    )
    let drawn = scan(h, over: x) { h, row in (sin(h * w + row), h) }
    let graph = try Graph(inputs: [h, x, w], results: [drawn.carry, drawn.outputs])
    guard case .scan(let loop) = graph.nodes[0].primitive else {
      Issue.record("no loop")
      return
    }
    let bare = Tensor.applyAll(
      .scan(
        Scan(
          body: loop.body, carryCount: loop.carryCount, sequenceCount: loop.sequenceCount,
          length: loop.length)), [h, x, w])
    func slopes(_ carry: Tensor, _ outputs: Tensor) async throws -> [[Double]] {
      var found: [[Double]] = []
      for slope in gradients(of: (carry * outputs).sum(), at: [h, x, w]) {
        found.append(try await elements(slope))
      }
      return found
    }
    let (found, expected) = (
      try await slopes(bare[0], bare[1]), try await slopes(drawn.carry, drawn.outputs)
    )
    #expect(zip(found, expected).allSatisfy { agree($0, $1) })
  }

  @Test(
    "what does not fit is an error with a next step",
    arguments: [
      (
        [[3, 2], [4, 2]],
        "scan: f32[3, 2] and f32[4, 2] do not fit: their lengths [3, 4] are not one number of "
          + "steps. Make axis 0 equal."
      ),
      ([[]], "scan: f32[] do not fit: a scalar has no steps. Pass sequences of shape [steps, …]."),
      ([], "scan:  do not fit: nothing says how many steps there are. Pass a length."),
    ] as [([Shape], String)])
  func errors(shapes: [Shape], expected: String) throws {
    let sequences = shapes.map { Tensor.placeholder(Self.type($0)) }
    let loop = scan(Tensor.zeros([2]), over: sequences) { h, rows in (h, rows) }
    let error = try #require(failure(loop.carry))
    #expect(error.description.replacing(/\ \([^ ]*:\d+\)/, with: "") == expected)
    #expect(loop.outputs.allSatisfy { $0.error == error })
  }

  @Test("a carry keeps its type, and errors of the body come out")
  func carryTypes() throws {
    let x = Tensor.placeholder(Self.type([3, 2]))
    let grown = scan(Tensor.zeros([2]), over: x) { h, row in (h.expanded(at: 0), row) }
    let error = try #require(failure(grown.outputs))
    #expect(error.description.contains("the body turns these carries into f32[1, 2]"))
    #expect(error.description.hasSuffix("Return carries of the types that the loop starts from."))
    let wrong = scan(Tensor.zeros([2]), over: x) { h, row in (h + Tensor.zeros([3]), row) }
    #expect(failure(wrong.carry)?.description.hasPrefix("add: ") == true)
    let fewer = scan([Tensor.zeros([2])], over: x) { _, row in ([Tensor](), row) }
    #expect(failure(fewer.outputs) != nil)
  }

  @Test("the verifier refuses bodies that are malformed or do not fit")
  func verifier() {
    let vector = Self.type([2])
    func refusal(_ body: Graph, carryCount: Int) -> String {
      let loop = Scan(body: body, carryCount: carryCount, sequenceCount: 0, length: 3)
      let graph = Graph(
        types: [vector, vector], inputs: [0], resident: [],
        nodes: [.init(.scan(loop), operands: [0], results: [1])], results: [1], updates: [])
      do {
        try graph.verify()
        return "accepted"
      } catch { return error.description }
    }
    func body(_ nodes: [Graph.Node], resident: [Int] = []) -> Graph {
      Graph(
        types: [vector, Self.type([3])], inputs: resident.isEmpty ? [0] : [], resident: resident,
        nodes: nodes, results: [nodes.isEmpty ? 0 : 1], updates: [])
    }
    #expect(refusal(body([]), carryCount: 1) == "accepted")
    #expect(
      refusal(body([.init(.unary(.tanh), operands: [7], results: [1])]), carryCount: 1)
        .contains("tanh reads value %7"))
    #expect(
      refusal(body([.init(.unary(.tanh), operands: [0], results: [1])]), carryCount: 1)
        .contains("tanh: it gives [f32[2]], not [f32[3]]"))
    #expect(refusal(body([], resident: [0]), carryCount: 1).contains("keeps values between runs"))
    #expect(refusal(body([]), carryCount: 0).contains("scan: it gives [f32[3, 2]]"))
  }
}

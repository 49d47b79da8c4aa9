import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct GraphTests {
  private static let vector = TensorType(.float32, [2])
  private static let scalar = TensorType(.float32, [])

  @Test("a graph is printed one node on a line")
  func text() throws {
    let x = Tensor.placeholder(TensorType(.float32, [8, 5]))
    let w = Tensor.placeholder(TensorType(.float32, [5, 2]))
    let y = relu(matmul(x, w) + 0.5)
    let graph = try Graph(
      inputs: [x], resident: [w], results: [y.sum(axes: [1])], updates: [0: w * 2])
    #expect(
      graph.description == """
        graph(%0: f32[8, 5], %1: f32[5, 2] resident) {
          %2 = dot %0, %1 {contracting [1]×[0]} : f32[8, 2]
          %3 = constant {f32[] 0.5} : f32[]
          %4 = broadcast %3 {axes []} : f32[8, 2]
          %5 = add %2, %4 : f32[8, 2]
          %6 = constant {f32[] 0.0} : f32[]
          %7 = broadcast %6 {axes []} : f32[8, 2]
          %8 = maximum %5, %7 : f32[8, 2]
          %9 = reduce %8 {sum axes [1]} : f32[8]
          %10 = constant {f32[] 2.0} : f32[]
          %11 = broadcast %10 {axes []} : f32[5, 2]
          %12 = multiply %1, %11 : f32[5, 2]
          return %9
          update %1 <- %12
        }
        """)
  }

  @Test("gradients are printed as the primitives they consist of")
  func gradientText() throws {
    let x = Tensor.placeholder(TensorType(.float64, [3]))
    let slope = gradients(of: (x * sin(x)).sum(), at: [x])[0]
    #expect(
      try Graph(inputs: [x], results: [slope]).description == """
        graph(%0: f64[3]) {
          %1 = constant {f64[] 1.0} : f64[]
          %2 = broadcast %1 {axes []} : f64[3]
          %3 = sine %0 : f64[3]
          %4 = multiply %2, %3 : f64[3]
          %5 = multiply %2, %0 : f64[3]
          %6 = cosine %0 : f64[3]
          %7 = multiply %5, %6 : f64[3]
          %8 = add %4, %7 : f64[3]
          return %8
        }
        """)
  }

  @Test("large constants are printed by their type alone")
  func constantText() throws {
    let graph = try Graph(results: [Tensor(HostTensor([1, 2, 3] as [Int32]))])
    #expect(graph.description.contains("%0 = constant {#i32[3]} : i32[3]"))
  }

  @Test("what is shared is computed once, what is unused is left out")
  func sharing() throws {
    let x = Tensor.placeholder(Self.vector)
    let y = exp(x)
    _ = y * 3
    #expect(try Graph(inputs: [x], results: [y + y, y * y]).nodes.count == 3)
  }

  @Test("equal drawings are equal graphs")
  func equality() throws {
    func draw(_ factor: Double) throws -> Graph {
      let x = Tensor.placeholder(Self.vector)
      return try Graph(inputs: [x], results: [x * Tensor(factor)])
    }
    #expect(try draw(2) == draw(2))
    #expect(try draw(2).hashValue == draw(2).hashValue)
    #expect(try draw(2) != draw(3))
  }

  @Test("an update by the resident value itself is no update")
  func unchanged() throws {
    let (x, y) = (Tensor.placeholder(Self.vector), Tensor.placeholder(Self.vector))
    let graph = try Graph(resident: [x, y], results: [], updates: [0: x, 1: x])
    #expect(graph.updates == [.init(resident: 1, value: 0)])
  }

  @Test("an update of another type is refused")
  func updateType() {
    let x = Tensor.placeholder(Self.vector)
    #expect(throws: GraphError.self) {
      try Graph(resident: [x], results: [], updates: [0: x.sum()])
    }
    #expect(throws: GraphError.self) { try Graph(resident: [x], results: [], updates: [1: x + 1]) }
  }

  @Test(
    "the verifier refuses each kind of malformed graph",
    arguments: [
      (
        "reads value %1, which is not made before",
        [.init(.unary(.tanh), operands: [1], results: [1])], [1], []
      ),
      ("reads value %9", [.init(.unary(.tanh), operands: [9], results: [1])], [1], []),
      (
        "makes value %0, which is made twice", [.init(.unary(.tanh), operands: [0], results: [0])],
        [0], []
      ),
      ("makes value %7", [.init(.unary(.tanh), operands: [0], results: [7])], [0], []),
      (
        "reduce: it gives [f32[]], not [f32[2]]",
        [
          .init(.reduce(Reduce(kind: .sum, axes: [0])), operands: [0], results: [1])
        ], [1], []
      ),
      (
        "tanh: it gives [f32[2]], not [f32[2], f32[]]",
        [
          .init(.unary(.tanh), operands: [0], results: [1, 2])
        ], [1], []
      ),
      (
        "add: it takes 2 operands, not 1", [.init(.binary(.add), operands: [0], results: [1])], [1],
        []
      ),
      (
        "not: it is defined for Booleans", [.init(.unary(.not), operands: [0], results: [1])], [1],
        []
      ),
      ("the signature reads value %1", [], [1], []),
      ("an update reads value %1", [], [0], [.init(resident: 0, value: 1)]),
      ("an update changes the type of resident value 5", [], [0], [.init(resident: 5, value: 0)]),
      (
        "an update changes the type of resident value 0",
        [
          .init(.reduce(Reduce(kind: .sum, axes: [0])), operands: [0], results: [2])
        ], [0], [.init(resident: 0, value: 2)]
      ),
      (
        "a resident value is updated twice", [], [0],
        [.init(resident: 0, value: 0), .init(resident: 0, value: 3)]
      ),
    ] as [(String, [Graph.Node], [Int], [Graph.Update])])
  func verifier(reason: String, nodes: [Graph.Node], results: [Int], updates: [Graph.Update]) {
    let graph = Graph(
      types: [Self.vector, Self.vector, Self.scalar, Self.vector], inputs: [0], resident: [3],
      nodes: nodes, results: results, updates: updates)
    do {
      try graph.verify()
      Issue.record("nothing was refused")
    } catch {
      #expect(error.description.contains(reason))
      #expect(error.description.hasSuffix("This is a bug in Moru; please report it."))
    }
  }

  @Test("200,000 operations in a row are drawn, differentiated, put in line, printed and released")
  func deep() throws {
    let x = Tensor.placeholder(Self.scalar)
    var y = x
    for _ in 0..<200_000 { y = sin(y) }
    let graph = try Graph(inputs: [x], results: [y])
    #expect(graph.nodes.count == 200_000)
    #expect(graph.description.hasSuffix("  %200000 = sine %199999 : f32[]\n  return %200000\n}"))
    let slope = gradients(of: y, at: [x])[0]
    #expect(try Graph(inputs: [x], results: [slope]).nodes.count > 400_000)
  }

  @Test("a wide and shared graph is released without a visit for each path")
  func shared() throws {
    var y = Tensor.placeholder(Self.scalar)
    for _ in 0..<200 { y = y + y }
    #expect(y.error == nil)
  }
}

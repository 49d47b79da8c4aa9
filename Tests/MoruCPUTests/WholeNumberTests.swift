import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Products of whole numbers of one byte, with what makes Float32 or bytes of their sums.
@Suite struct WholeNumberTests {
  private typealias Draw = (_ x: Tensor, _ w: [Tensor]) -> Tensor

  private struct Case: CustomTestStringConvertible {
    let name: String
    let input: Shape
    let kernel: Shape
    var strides = [1, 1]
    var groups = 1
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "valid", input: [2, 5, 7, 3], kernel: [3, 3, 3, 5]),
    Case(name: "many channels", input: [1, 9, 9, 64], kernel: [3, 3, 64, 33]),
    Case(name: "pointwise", input: [3, 4, 5, 17], kernel: [1, 1, 17, 40]),
    Case(name: "strided", input: [1, 11, 8, 16], kernel: [5, 3, 16, 16], strides: [2, 2]),
    Case(name: "depthwise", input: [2, 9, 7, 24], kernel: [3, 3, 1, 24], groups: 24),
    Case(name: "grouped", input: [1, 6, 6, 8], kernel: [3, 3, 4, 12], groups: 2),
    Case(name: "of a sequence", input: [2, 9, 6], kernel: [3, 6, 8], strides: [1]),
    Case(
      name: "of a volume", input: [1, 4, 5, 3, 4], kernel: [2, 2, 2, 4, 6], strides: [1, 1, 1]),
  ]

  private static let (bytes, signed) = (
    QuantizedRange(low: 0, high: 2), QuantizedRange(low: -2, high: 2)
  )

  /// The scaled sum of a kernel's products with an input of one byte.
  private static func product(_ x: Tensor, _ kernel: Tensor, _ scale: Tensor, _ example: Case)
    -> Tensor
  {
    convolution(
      x.converted(to: .int32), kernel.converted(to: .int32), strides: example.strides,
      padding: .same, dilation: example.strides.map { _ in 1 }, groups: example.groups
    ).converted(to: .float32) * scale
  }

  private func compare(
    _ graph: Graph, _ x: HostTensor, _ weights: [HostTensor], steps: Int? = nil
  ) async throws -> [(found: HostTensor, expected: HostTensor)] {
    let reference = ReferenceExecutor()
    let expected = try await reference.compile(graph, resident: reference.place(weights)).run([x])
    let resident = try await CPUExecutor.shared.place(weights)
    let program = try await CPUExecutor.shared.compile(graph, resident: resident)
    let found = try await program.run([x])
    if let steps {
      let made = try await CPUExecutor.shared.explanation(of: program).steps
      #expect(made.filter { $0.detail.contains("of whole numbers") }.count == steps)
    }
    return Array(zip(found, expected)).map { ($0, $1) }
  }

  private static func weights(_ example: Case) -> [HostTensor] {
    let features = Shape([example.kernel.last ?? 1])
    return [
      sample(.int8, example.kernel, scale: 20), sample(.float32, features, seed: 2, scale: 0.0003),
      sample(.float32, features, seed: 3),
    ]
  }

  @Test(arguments: cases.indices, [true, false])
  func agreesWithTheReference(_ index: Int, isSigned: Bool) async throws {
    let example = Self.cases[index]
    let weights = Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.float32, example.input))
    let range = isSigned ? Self.signed : Self.bytes
    let sum = Self.product(x.quantized(to: range), w[0], w[1], example)
    let activated = relu(sum + w[2])
    let graph = try Graph(
      inputs: [x], resident: w, results: [sum, activated, activated.quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.float32, example.input), weights)
    try expectClose(values[0].found, values[0].expected, tolerance: 1e-6)
    try expectClose(values[1].found, values[1].expected, tolerance: 1e-6)
    try Self.expectNear(values[2].found, values[2].expected)
  }

  /// One step for a product with all that follows, of which only bytes are written.
  @Test(arguments: cases.indices)
  func isOneStep(_ index: Int) async throws {
    let example = Self.cases[index]
    let weights = Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.uint8, example.input))
    let y = relu6(Self.product(x, w[0], w[1], example) + w[2]).quantized(to: Self.bytes)
    let graph = try Graph(inputs: [x], resident: w, results: [y])
    let values = try await compare(graph, sample(.uint8, example.input), weights, steps: 1)
    try Self.expectNear(values[0].found, values[0].expected)
    let resident = try await CPUExecutor.shared.place(weights)
    let program = try await CPUExecutor.shared.compile(graph, resident: resident)
    #expect(try await CPUExecutor.shared.explanation(of: program).steps.count == 1)
  }

  /// A block of a residual network: the sum is of what the second product makes and of bytes.
  @Test(arguments: [true, false]) func addsWholeNumbers(isSigned: Bool) async throws {
    let example = Case(name: "", input: [2, 6, 5, 16], kernel: [3, 3, 16, 16])
    let weights = Self.weights(example) + Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.float32, example.input))
    let range = isSigned ? Self.signed : Self.bytes
    let q = x.quantized(to: range)
    let inner = relu(Self.product(q, w[0], w[1], example) + w[2]).quantized(to: Self.bytes)
    let sum = Self.product(inner, w[3], w[4], example) + w[5] + q.dequantized(from: range)
    let graph = try Graph(
      inputs: [x], resident: w, results: [relu(sum).quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.float32, example.input), weights, steps: 2)
    try Self.expectNear(values[0].found, values[0].expected)
  }

  /// Scales that are computed from weights, as those of batch normalization, are made in time.
  @Test func addsWholeNumbersToComputedScales() async throws {
    let example = Case(name: "", input: [1, 6, 5, 16], kernel: [3, 3, 16, 16])
    let weights = Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.uint8, example.input))
    let scaled = Self.product(x, w[0], w[1] * (abs(w[2]) + 0.5), example)
    let sum = scaled + w[2] + x.dequantized(from: Self.bytes)
    let graph = try Graph(inputs: [x], resident: w, results: [relu(sum).quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.uint8, example.input), weights)
    try Self.expectNear(values[0].found, values[0].expected)
  }

  /// A block that changes its size adds two products.
  @Test func addsTwoProducts() async throws {
    let example = Case(name: "", input: [1, 6, 5, 8], kernel: [1, 1, 8, 12])
    let weights = Self.weights(example) + Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.uint8, example.input))
    let one = Self.product(x, w[0], w[1], example) + w[2]
    let other = Self.product(x, w[3], w[4], example) + w[5]
    let graph = try Graph(
      inputs: [x], resident: w, results: [relu(one + other).quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.uint8, example.input), weights, steps: 2)
    try Self.expectNear(values[0].found, values[0].expected)
  }

  /// Trained batch normalization becomes part of scale and bias.
  @Test func foldsNormalization() async throws {
    let example = Case(name: "", input: [2, 6, 5, 8], kernel: [3, 3, 8, 12])
    let weights = Self.weights(example) + Self.weights(example)
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.uint8, example.input))
    let sum = Self.product(x, w[0], w[1], example) + w[2]
    let y = relu((sum - w[4]) * rsqrt(square(w[5]) + 1) + w[2])
    let graph = try Graph(inputs: [x], resident: w, results: [y.quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.uint8, example.input), weights, steps: 1)
    try Self.expectNear(values[0].found, values[0].expected)
    let resident = try await CPUExecutor.shared.place(weights)
    let program = try await CPUExecutor.shared.compile(graph, resident: resident)
    #expect(try await CPUExecutor.shared.explanation(of: program).steps.count == 1)
  }

  @Test(arguments: [DType.uint8, .int8, .int32], [1, 2, 70])
  func choosesTheGreatest(_ dtype: DType, channels: Int) async throws {
    let windows = [
      PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [Padding(0, 0), Padding(0, 0)]),
      PoolingWindow(sizes: [3, 2], strides: [1, 2], padding: [Padding(1, 1), Padding(1, 0)]),
    ]
    for window in windows {
      try await check(
        .maxPool(MaxPool(window: window)), [sample(dtype, [2, 5, 7, channels], scale: 20)])
    }
  }

  @Test(arguments: [1, 3, 32], [true, false])
  func multipliesRows(_ rows: Int, isSigned: Bool) async throws {
    let weights = [
      sample(.int8, [37, 19], scale: 20), sample(.float32, [19], seed: 2, scale: 0.0003),
      sample(.float32, [19], seed: 3),
    ]
    let w = weights.map { Tensor.placeholder($0.type) }
    let x = Tensor.placeholder(TensorType(.float32, [rows, 37]))
    let q = x.quantized(to: isSigned ? Self.signed : Self.bytes)
    let y =
      matmul(q.converted(to: .int32), w[0].converted(to: .int32)).converted(to: .float32)
      * w[1] + w[2]
    let graph = try Graph(
      inputs: [x], resident: w, results: [y, relu(y).quantized(to: Self.bytes)])
    let values = try await compare(graph, sample(.float32, [rows, 37]), weights, steps: 1)
    try expectClose(values[0].found, values[0].expected, tolerance: 1e-6)
    try Self.expectNear(values[1].found, values[1].expected)
  }

  /// Whole numbers that differ by 1 at most, and only where a sum lies close to the middle between two.
  private static func expectNear(
    _ found: HostTensor, _ expected: HostTensor, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(found.type == expected.type, sourceLocation: sourceLocation)
    let differences = zip(try numbers(found), try numbers(expected)).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 <= 1 }, sourceLocation: sourceLocation)
    let count = differences.filter { $0 > 0 }.count
    #expect(count <= differences.count / 500, sourceLocation: sourceLocation)
    #expect(Set(try numbers(expected)).count > 3, sourceLocation: sourceLocation)
  }
}

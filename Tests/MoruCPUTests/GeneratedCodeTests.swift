import CKernels
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Fused passes as machine code mean what the block interpreter makes of them.
@Suite struct GeneratedCodeTests {
  private static let interpreter = CPUExecutor(generatesCode: false)
  private static let isSupported = String(cString: ck_instruction_set()) == "x86-64-v4"

  /// Compares a function of inputs with the interpreter and the reference.
  private func check(
    _ inputs: [HostTensor], tolerance: Double = 1e-5, isGenerated: Bool = true,
    _ body: ([Tensor]) -> [Tensor]
  ) async throws {
    let placeholders = inputs.map { Tensor.placeholder($0.type) }
    let graph = try Graph(inputs: placeholders, results: body(placeholders))
    let executor = CPUExecutor.shared
    let program = try await executor.compile(graph)
    let found = try await program.run(inputs)
    let interpreted = try await Self.interpreter.compile(graph).run(inputs)
    let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
    try #require(found.count == expected.count)
    for index in found.indices {
      try expectClose(
        found[index], interpreted[index], tolerance: tolerance, "result \(index), interpreted")
      try expectClose(found[index], expected[index], tolerance: tolerance, "result \(index)")
    }
    #expect(zip(try await program.run(inputs), found).allSatisfy(sameBits))
    guard isGenerated, Self.isSupported else { return }
    let steps = try await executor.explanation(of: program).steps.filter {
      $0.kind == "elementwise"
    }
    #expect(steps.allSatisfy { $0.implementation == "generated" })
    #expect(!steps.isEmpty)
  }

  private static let counts = [1, 15, 16, 17, 63, 513, 1000, 70_001]

  /// Ordinary numbers with all that is special among them.
  private func special(_ count: Int, seed: UInt64 = 1, scale: Float = 3) -> HostTensor {
    let corners: [Float] = [
      .nan, .infinity, -.infinity, 0, -0.0, 8 * .leastNonzeroMagnitude, -9 * .leastNonzeroMagnitude,
      1, -1, 88.5, -88.5, 104, 3e38, -3e38,
      0.5, -0.5, 1e-7, 4,
    ]
    let uniform = Seed(seed).uniform(count: count)
    return HostTensor(
      (0..<count).map { place in
        let corner = (place + Int(seed)) % 7 == 3
        return corner ? corners[place / 7 % corners.count] : (Float(uniform[place]) * 2 - 1) * scale
      })
  }

  @Test(arguments: counts)
  func computesElements(_ count: Int) async throws {
    let inputs = [special(count), special(count, seed: 2)]
    let unary: [(Tensor) -> Tensor] = [
      { -$0 }, { abs($0) }, { sign($0) }, { exp($0) }, { expm1($0) }, { log($0) }, { log1p($0) },
      { sqrt($0) }, { rsqrt($0) }, { tanh($0) }, { sigmoid($0) }, { erf($0) }, { floor($0) },
      { ceil($0) }, { round($0) }, { isFinite($0) }, { relu($0) },
    ]
    for function in unary { try await compare(inputs) { function($0[0]) } }
    let binary: [(Tensor, Tensor) -> Tensor] = [
      { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { maximum($0, $1) }, { minimum($0, $1) },
      { $0 .== $1 }, { $0 .!= $1 }, { $0 .< $1 }, { $0 .<= $1 }, { $0 .> $1 }, { $0 .>= $1 },
      { select($0 .< $1, $0, $1) },
    ]
    for function in binary { try await compare(inputs) { function($0[0], $0[1]) } }
  }

  /// Every rounding is that of the host, bit for bit, whoever does it and wherever rows end.
  @Test(arguments: counts)
  func roundsToBFloat16(_ count: Int) async throws {
    let x = special(count)
    let narrow = x.converted(to: .bfloat16)
    let (wide, half) = (Tensor.placeholder(x.type), Tensor.placeholder(narrow.type))
    let row = Tensor.placeholder(TensorType(.bfloat16, [3]))
    let three = HostTensor([Float(1), 2, 3]).converted(to: .bfloat16)
    let graph = try Graph(
      inputs: [wide, half, row],
      results: [
        wide.converted(to: .bfloat16), wide.converted(to: .bfloat16).converted(to: .float32),
        half.converted(to: .float32),
        row.expanded(at: 1).broadcast(to: [3, count]).converted(to: .float32),
        row.broadcast(to: [count, 3]).converted(to: .float32),
      ])
    for executor in [CPUExecutor.shared, Self.interpreter] {
      let found = try await executor.compile(graph).run([x, narrow, three])
      let expected = try await ReferenceExecutor().compile(graph).run([x, narrow, three])
      #expect(zip(found, expected).allSatisfy(sameBits))
      #expect(sameBits(found[0], narrow))
    }
  }

  /// Compares each element with the interpreter's, within some units in the last place.
  private func compare(
    _ inputs: [HostTensor], _ body: ([Tensor]) -> Tensor
  ) async throws {
    let placeholders = inputs.map { Tensor.placeholder($0.type) }
    let graph = try Graph(inputs: placeholders, results: [body(placeholders)])
    let found = try numbers(await CPUExecutor.shared.compile(graph).run(inputs)[0])
    let expected = try numbers(await Self.interpreter.compile(graph).run(inputs)[0])
    for (place, (a, b)) in zip(found, expected).enumerated() {
      let fits = a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 4e-7 * abs(b) + 1e-44
      guard !fits else { continue }
      Issue.record("element \(place) is \(a), not \(b): \(graph)")
      return
    }
  }

  @Test func roundsProductsWithTheirSumsOnce() async throws {
    try await check([sample(.float32, [999]), sample(.float32, [999], seed: 2)]) { x in
      let shared = x[0] * x[1]
      return [
        x[0] * x[1] + x[0], x[1] - x[0] * x[1], x[0] * x[0] - x[1], x[0] * 2 - x[1] * 3,
        shared + x[0], shared, x[0] * x[1] * x[0] + x[0] * x[1] * x[1],
      ]
    }
  }

  @Test func computesOtherTypes() async throws {
    let numbers = sample(.int32, [999]), others = sample(.int32, [999], seed: 2)
    let truths = sample(.bool, [999])
    try await check([numbers, others]) { x in
      [
        x[0] + x[1] * x[0], maximum(x[0], x[1]) - minimum(x[0], -x[1]), abs(x[0]), x[0] .> x[1],
        (x[0] .< x[1]).converted(to: .int32), x[0].converted(to: .float32),
      ]
    }
    try await check([truths, numbers, special(999)]) { x in
      [
        select(x[0], x[1], -x[1]), x[0].converted(to: .float32), x[2].converted(to: .int32),
        x[2].converted(to: .bool),
      ]
    }
    try await check([sample(.uint8, [999])]) { x in
      [x[0].converted(to: .float32) * Tensor(1.0 / 255), x[0].converted(to: .int32) + 1]
    }
    let pair = [truths, sample(.bool, [999], seed: 2)]
    try await check(pair) { x in [!x[0], x[0] .& x[1], x[0] .| x[1]] }
    try await check(pair) { x in [x[0] .== x[1], x[0] .!= x[1], select(x[0], x[1], !x[1])] }
    // More masks than there are registers for.
    try await check(pair, isGenerated: false) { x in
      [x[0] .& x[1], x[0] .| x[1], x[0] .== x[1], x[0] .!= x[1], !x[0], !x[1], x[0] .< x[1]]
    }
  }

  /// Rows of channels, short ones that fill vectors only together.
  static let channels: [Shape] = [
    [1, 3], [7, 3], [700, 3], [700, 8], [129, 10], [33, 16], [4099, 16], [700, 24], [65, 40],
    [300, 96], [517, 100], [50, 513], [33, 600], [3, 5000],
  ]

  @Test(arguments: channels)
  func walksAlongColumns(_ shape: Shape) async throws {
    let row = Shape([shape.dimensions[1]])
    let inputs = [
      sample(.float32, shape), sample(.float32, row, seed: 2), sample(.float32, row, seed: 3),
      sample(.float32, shape, seed: 4), sample(.float32, [], seed: 5),
    ]
    try await check(inputs, isGenerated: false) { x in
      let y = (x[0] - x[1]) * x[2] + x[4]
      let g = select(y .> 0, x[3], Tensor(0.0))
      return [relu(y), g * x[2], y .> x[1]]
    }
    try await check(inputs, isGenerated: false) { x in
      let y = (x[0] - x[1]) * x[2]
      return [
        y, y.sum(axes: [0]), (y * x[3]).sum(axes: [0]), y.max(axes: [0]), y.min(axes: [0]),
        y.sum(), y.max(),
      ]
    }
    try await check(inputs, tolerance: 1e-4, isGenerated: false) { x in
      let mean = x[0].mean(axes: [0], keepingAxes: true)
      return [mean, square(x[0] - mean).sum(axes: [0])]
    }
  }

  /// Operands that repeat over the middle or the last axes, as scales of channels and of pictures.
  @Test(arguments: [[3, 5, 7, 24], [4, 9, 1, 640], [2, 33, 1, 16], [5, 1, 40, 3]] as [Shape])
  func repeatsOverGroups(_ shape: Shape) async throws {
    let (batch, channels) = (shape.dimensions[0], shape.dimensions[3])
    let inputs = [
      sample(.float32, shape), sample(.float32, [batch, 1, 1, channels], seed: 2),
      sample(.float32, [channels], seed: 3), sample(.float32, [batch, 1, 1, 1], seed: 4),
    ]
    try await check(inputs) { x in [x[0] * x[1] + x[0]] }
    // Few long rows are not shared among threads.
    try await check(inputs, isGenerated: false) { x in [x[0] * x[3] + x[3]] }
    try await check(inputs) { x in
      let y = (x[0] - x[2]) * x[1]
      return [y, y.sum(axes: [0, 1, 2]), y.sum()]
    }
    try await check(inputs, isGenerated: false) { x in
      let y = x[0] * x[1] + x[3]
      return [y, y.max(axes: [-1]), softmax(y)]
    }
  }

  @Test(arguments: counts.dropFirst())
  func reducesEverything(_ count: Int) async throws {
    let x = sample(.float32, [count])
    try await check([x]) { x in
      let y = x[0] * x[0] + 1
      return [y, y.sum(), x[0].max(), x[0].min(), abs(x[0]).sum()]
    }
    try await check([special(count)]) { [$0[0].max(), $0[0].min()] }
  }

  @Test func readsUnalignedPlaces() async throws {
    try await check([sample(.float32, [1001]), sample(.float32, [1003], seed: 2)]) { x in
      let first = x[0].sliced(1..<1000)
      let second = x[1].sliced(3..<1002)
      return [first * second + first, (first - second).sum()]
    }
  }

  @Test(arguments: [[37, 10], [9, 16], [5, 3, 64], [9, 513], [3, 4099]] as [Shape])
  func walksRowByRow(_ shape: Shape) async throws {
    let features = Shape([shape.last ?? 1])
    let inputs = [
      sample(.float32, shape), sample(.float32, features, seed: 2),
      sample(.float32, features, seed: 3), sample(.float32, shape, seed: 4),
    ]
    try await check(inputs) { x in
      let mean = x[0].mean(axes: [-1], keepingAxes: true)
      let variance = x[0].variance(axes: [-1], keepingAxes: true)
      let y = (x[0] - mean) * rsqrt(variance + Tensor(1e-3)) * x[1] + x[2]
      return [y, mean, variance] + gradients(of: (y * x[3]).sum(), at: [x[0], x[1], x[2]])
    }
    try await check([inputs[0], inputs[3]]) { x in
      let y = softmax(x[0])
      return [y, x[0].max(axes: [-1])] + gradients(of: (y * x[1]).sum(), at: [x[0]])
    }
  }

  @Test func keepsNaNInRows() async throws {
    let x = try HostTensor(
      special(40 * 33).array(of: Float.self), shape: [40, 33])
    try await check([x]) { x in
      [x[0].max(axes: [1]), x[0].min(axes: [1]), x[0].sum(axes: [1]), x[0].max(axes: [0])]
    }
  }

  @Test func handlesNothing() async throws {
    try await check([sample(.float32, [0, 7]), sample(.float32, [7])], isGenerated: false) { x in
      [x[0] * x[1] + 1, (x[0] * x[1]).sum(axes: [0]), softmax(x[0])]
    }
  }
}

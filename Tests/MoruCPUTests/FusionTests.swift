import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Chains, reductions, biases and pooled activations that the compiler merges still mean the same.
@Suite struct FusionTests {
  /// The block interpreter runs what is machine code elsewhere.
  private static let interpreter = CPUExecutor(generatesCode: false)

  /// Compares a function of inputs with the reference, as machine code and interpreted.
  private func check(
    _ inputs: [HostTensor], tolerance: Double = 1e-5, _ body: ([Tensor]) -> [Tensor]
  ) async throws {
    let placeholders = inputs.map { Tensor.placeholder($0.type) }
    let graph = try Graph(inputs: placeholders, results: body(placeholders))
    let expected = try await ReferenceExecutor(precision: .float64).compile(graph).run(inputs)
    for executor in [CPUExecutor.shared, Self.interpreter] {
      let found = try await executor.compile(graph).run(inputs)
      try #require(found.count == expected.count)
      for (index, pair) in zip(found, expected).enumerated() {
        try expectClose(pair.0, pair.1, tolerance: tolerance, "result \(index)")
      }
    }
  }

  @Test(arguments: [[128, 10], [3, 1000], [1, 7], [257, 33]] as [Shape])
  func softmaxAndItsGradient(_ shape: Shape) async throws {
    try await check([sample(.float32, shape), sample(.float32, shape, seed: 2)]) { x in
      let y = softmax(x[0])
      return [y, logSoftmax(x[0])] + gradients(of: (y * x[1]).sum(), at: [x[0]])
    }
  }

  /// Class numbers as data sets have them, and as other programs do.
  @Test(
    arguments: [[32, 10], [128, 10], [5, 300], [1, 2], [257, 33]] as [Shape],
    [DType.int32, .int64, .uint8])
  func crossEntropyOfClassNumbers(_ shape: Shape, _ type: DType) async throws {
    let classes = (0..<shape[0]).map { Int32($0 * 7 % min(shape[1], 256)) }
    let target = HostTensor(classes).converted(to: type)
    try await check([sample(.float32, shape), target]) { x in
      let losses = -entries(of: logSoftmax(x[0]), at: x[1])
      return [losses, losses.mean()] + gradients(of: losses.mean(), at: [x[0]])
    }
  }

  /// Rows that share a block, fill one, take several, and are too long to be kept.
  static let rows: [Shape] = [[37, 10], [5, 3, 64], [9, 513], [3, 4099], [2, 20011]]

  @Test(arguments: rows)
  func normalisesRows(_ shape: Shape) async throws {
    let features = Shape([shape.last ?? 1])
    let inputs = [
      sample(.float32, shape), sample(.float32, features, seed: 2),
      sample(.float32, features, seed: 3), sample(.float32, shape, seed: 4),
    ]
    try await check(inputs) { x in
      let mean = x[0].mean(axes: [-1], keepingAxes: true)
      let variance = x[0].variance(axes: [-1], keepingAxes: true)
      let y = (x[0] - mean) * rsqrt(variance + Tensor(1e-3)) * x[1] + x[2]
      return [y, mean, variance.sum()] + gradients(of: (y * x[3]).sum(), at: [x[0], x[1], x[2]])
    }
  }

  /// One number for each row, computed in the pass and repeated along the row, is reduced itself.
  @Test(arguments: rows)
  func reducesWhatIsRepeatedAlongRows(_ shape: Shape) async throws {
    let rows = Shape(shape.dimensions.dropLast() + [1])
    let first = Array(0..<shape.rank - 1)
    try await check([sample(.float32, shape), sample(.float32, rows, seed: 2)]) { x in
      let weights = square(x[1]).broadcast(to: shape)
      return [
        (weights * x[0]).sum(axes: first), weights.sum(axes: first), weights.sum(),
        (weights * x[0]).sum(axes: [-1]), weights.max(axes: [-1]),
      ]
    }
  }

  @Test(arguments: rows)
  func comparesRowsWithLabels(_ shape: Shape) async throws {
    let rows = Shape(Array(shape.dimensions.dropLast()))
    let classes = shape.last ?? 1
    let labels = HostTensor((0..<rows.elementCount).map { Int64($0 * 7 % classes) })
    let logits = sample(.float32, shape, scale: 30)
    try await check([logits, labels]) { x in
      let numbers = Tensor.iota([classes], dtype: .int64)
      let isTarget = x[1].reshaped(to: rows).expanded(at: rows.rank) .== numbers
      let loss = -select(isTarget, logSoftmax(x[0]), 0).sum(axes: [-1])
      return [loss, loss.mean()] + gradients(of: loss.mean(), at: [x[0]])
    }
  }

  /// Everything that depends on rows alone takes one pass.
  @Test func rowsTakeOnePass() async throws {
    let x = Tensor.placeholder(TensorType(.float32, [64, 128]))
    let y = Tensor.placeholder(TensorType(.float32, [64, 128]))
    let mean = x.mean(axes: [-1], keepingAxes: true)
    let centred = x - mean
    let normal = centred * rsqrt(square(centred).mean(axes: [-1], keepingAxes: true) + 1)
    for results in [
      [softmax(x)], [normal], gradients(of: (softmax(x) * y).sum(), at: [x]),
      gradients(of: (normal * y).sum(), at: [x]),
    ] {
      let graph = try Graph(inputs: [x, y], results: results)
      let program = try await CPUExecutor.shared.compile(graph)
      #expect(try await CPUExecutor.shared.explanation(of: program).steps.count == 1)
    }
  }

  @Test func mixesBroadcastOperands() async throws {
    let inputs: [HostTensor] = [
      sample(.float32, [6, 5, 40]), sample(.float32, [40], seed: 2),
      sample(.float32, [6, 1, 1], seed: 3), sample(.float32, [], seed: 4),
      sample(.uint8, [6, 5, 40], seed: 5), sample(.float32, [40, 5, 6], seed: 6),
    ]
    try await check(inputs) { x in
      let bytes = x[4].converted(to: .float32) * Tensor(1.0 / 255)
      let sum = x[0] * x[1] + x[2] - x[3] * bytes + x[5].transposed([2, 1, 0])
      return [
        sum, sum.sum(axes: [0, 1]), sum.max(axes: [2]), tanh(sum).mean(), sum.sum(axes: [1]),
        select(sum .> x[3], sum, -sum),
      ]
    }
  }

  @Test func longChainsAreCutIntoParts() async throws {
    try await check([sample(.float32, [50, 70])]) { x in
      var y = x[0]
      var all: [Tensor] = []
      for index in 0..<150 {
        y = sin(y) + x[0] * Tensor(Double(index) * 0.01)
        if index % 10 == 0 { all.append(y) }
      }
      return all + [y]
    }
  }

  @Test func normalisesBatches() async throws {
    try await check(
      [sample(.float32, [4, 9, 9, 24]), sample(.float32, [24], seed: 2)], tolerance: 1e-4
    ) { x in
      let mean = x[0].mean(axes: [0, 1, 2], keepingAxes: true)
      let variance = x[0].variance(axes: [0, 1, 2], keepingAxes: true)
      let y = (x[0] - mean) * rsqrt(variance + Tensor(1e-3)) * x[1]
      return [y] + gradients(of: (y * y * y).mean(), at: x)
    }
  }

  @Test func addsBiasesInProducts() async throws {
    let inputs = [
      sample(.float32, [9, 20]), sample(.float32, [20, 11], seed: 2),
      sample(.float32, [11], seed: 3), sample(.float32, [1, 11], seed: 4),
    ]
    try await check(inputs) { x in
      let product = matmul(x[0], x[1])
      let shared = matmul(x[0] * 2, x[1])
      return [
        product + x[2], x[3] + matmul(x[0] + 1, x[1]), shared + x[2], shared,
        // The bias depends on another product.
        matmul(x[0] - 1, x[1]) + product.sum(axes: [0]),
        // A column is no bias.
        matmul(x[0] * 3, x[1]) + x[0].sum(axes: [1], keepingAxes: true),
      ]
    }
  }

  @Test(arguments: [Float(0), 0.25, -0.5])
  func activatesAfterPooling(_ floor: Float) async throws {
    var values = try sample(.float32, [2, 9, 9, 5]).array(of: Float.self)
    for place in stride(from: 0, to: values.count, by: 37) { values[place] = floor }
    values[100] = .nan
    let x = try HostTensor(values, shape: [2, 9, 9, 5])
    for (size, step) in [(2, 2), (3, 1), (3, 2)] {
      try await check([x, sample(.float32, [2, 9, 9, 5], seed: 3)]) { inputs in
        let active = maximum(inputs[0], Tensor(HostTensor(floor)))
        let pooled = maxPool(active, sizes: [size, size], strides: [step, step], padding: .same)
        let weights = Tensor.iota(pooled.shape, axis: 1, dtype: .float32) + 1
        return [pooled] + gradients(of: (pooled * weights).sum(), at: [inputs[0]])
      }
    }
  }

  @Test func readsAnActivationBesidesPoolingIt() async throws {
    try await check([sample(.float32, [2, 8, 8, 16])]) { x in
      let active = relu(x[0])
      let pooled = maxPool(active, sizes: [2, 2], strides: [2, 2], padding: .valid)
      return [pooled, active.sum()]
        + gradients(of: (pooled * pooled).sum() + active.sum(), at: x)
    }
  }

  @Test func computesConstantsWhenItCompiles() async throws {
    try await check([sample(.float32, [30, 20])]) { x in
      let table = Tensor.iota([20], dtype: .float32) * Tensor(0.1)
      let positions = sin(table).broadcast(to: [30, 20])
      return [x[0] + positions, x[0] * matmul(positions, positions.transposed([1, 0])).sum()]
    }
  }

  @Test func givesInputsAndConstantsBack() async throws {
    let x = sample(.float32, [4, 5])
    try await check([x]) { [$0[0], $0[0], $0[0].transposed([1, 0]), Tensor(x), Tensor(2.0) + 0] }
  }
}

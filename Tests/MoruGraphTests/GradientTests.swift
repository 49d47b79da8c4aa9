import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite struct GradientTests {
  @Test("a source that the value does not depend on has gradient 0 of its own shape")
  func independent() async throws {
    let (x, y) = (try constant([1, 2]), try constant([3, 4, 5]))
    let slopes = gradients(of: square(x).sum(), at: [x, y])
    #expect(try await elements(slopes[0]) == [2, 4])
    #expect(try await elements(slopes[1]) == [0, 0, 0])
    #expect(try await elements(gradients(of: x.sum(), at: [x.sum()])[0]) == [0])
  }

  @Test("the gradient of a value in itself is 1, and every use counts")
  func identity() async throws {
    let x = try constant([3], [])
    #expect(try await elements(gradients(of: x, at: [x])[0]) == [1])
    let y = x * x + x
    #expect(try await elements(gradients(of: y, at: [x, y])[0]) == [7])
    #expect(try await elements(gradients(of: y, at: [x, y])[1]) == [1])
  }

  @Test("no gradient passes where it is stopped")
  func stopping() async throws {
    let x = try constant([3], [])
    let y = x * x.stoppingGradient()
    #expect(try await elements(y) == [9])
    #expect(try await elements(gradients(of: y, at: [x])[0]) == [3])
    #expect(try await elements(gradients(of: square(x).stoppingGradient(), at: [x])[0]) == [0])
  }

  @Test("a gradient of one's own replaces that of the value")
  func custom() async throws {
    let (x, y) = (try constant([3], []), try constant([5], []))
    let z = (x * y).withGradient(to: [x, y]) { cotangent in [10 * cotangent, -cotangent] }
    #expect(try await elements(z) == [15])
    let slopes = gradients(of: 2 * z, at: [x, y])
    #expect(try await elements(slopes[0]) == [20])
    #expect(try await elements(slopes[1]) == [-2])
  }

  @Test("a custom gradient is differentiable again")
  func customTwice() async throws {
    let x = try constant([3], [])
    let cube = (x * x * x).withGradient(to: [x]) { [$0 * 3 * square(x)] }
    let slope = gradients(of: cube, at: [x])[0]
    #expect(try await elements(gradients(of: slope, at: [x])[0]) == [18])
  }

  @Test("a custom gradient that does not fit its inputs is an error")
  func customThatDoesNotFit() throws {
    let x = try constant([1, 2])
    func check(_ reason: String, _ rule: @escaping @Sendable (Tensor) -> [Tensor]) throws {
      let slope = gradients(of: x.withGradient(to: [x], rule).sum(), at: [x])[0]
      let error = try #require(slope.error)
      #expect(error.description.hasPrefix("withGradient: "))
      #expect(error.description.contains(reason))
    }
    try check("the gradient has another type") { [$0.sum()] }
    try check("the gradient has another type") { [$0.converted(to: .float32)] }
    try check("the rule gives 2 gradients for 1 inputs") { [$0, $0] }
    try check("the rule gives 0 gradients for 1 inputs") { _ in [] }
  }

  @Test("a tensor that only a custom gradient mentions is not computed for the value")
  func customMention() throws {
    let x = try constant([1, 2])
    let unbound = Tensor.placeholder(x.type)
    let y = (2 * x).withGradient(to: [unbound]) { [$0] }
    #expect(try Graph(results: [y]) == Graph(results: [2 * x]))
  }

  private struct Model: TensorTree {
    var weights: [String: Tensor]
    var layers: [[Tensor]]
    var bias: Tensor?

    mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
      try weights.visit(body)
      try layers.visit(body)
      try bias.visit(body)
    }
  }

  @Test("trees are visited in one order, taken apart and put together again")
  func trees() throws {
    var model = Model(weights: ["b": 2, "a": 1], layers: [[3], [], [4, 5]], bias: 6)
    #expect(model.leaves.compactMap(\.constant) == (1...6).map { HostTensor(Float($0)) })
    let doubled = model.map { 2 * $0 }
    #expect(doubled.leaves.count == 6)
    model = model.replacingLeaves([7, 8])
    #expect(model.weights["a"]?.constant == HostTensor(7 as Float))
    #expect(model.weights["b"]?.constant == HostTensor(8 as Float))
    #expect(model.bias?.constant == HostTensor(6 as Float))
    model.bias = nil
    #expect(model.leaves.count == 5)
  }

  @Test("value, aux and a gradient of the parameters' own structure")
  func valueAndGradientOfTree() async throws {
    let model = Model(
      weights: ["w": try constant([2, 3])], layers: [[try constant([1], [])]],
      bias: try constant([4], []))
    let (value, aux, gradient) = valueAndGradient(at: model) { model in
      let w = model.weights["w"] ?? 0
      return ((w * w * model.layers[0][0]).sum() + 7 * (model.bias ?? 0), [w + 1])
    }
    #expect(try await elements(value) == [41])
    #expect(try await elements(aux[0]) == [3, 4])
    #expect(try await elements(try #require(gradient.weights["w"])) == [4, 6])
    #expect(try await elements(gradient.layers[0][0]) == [13])
    #expect(try await elements(try #require(gradient.bias)) == [7])
  }

  @Test("a captured weight is a constant: only what the loss is given has a gradient")
  func aliasing() async throws {
    let w = try constant([3], [])
    let (value, _, gradient) = valueAndGradient(at: w) { traced in (traced * w, 0 as Tensor) }
    #expect(try await elements(value) == [9])
    #expect(try await elements(gradient) == [3])
  }

  @Test("the same weight in two places of a tree has two gradients")
  func shared() async throws {
    let w = try constant([3], [])
    let (_, _, gradient) = valueAndGradient(at: [w, w]) { ($0[0] * $0[0] * $0[1], 0 as Tensor) }
    #expect(try await elements(gradient[0]) == [18])
    #expect(try await elements(gradient[1]) == [9])
  }

  @Test("what the loss throws is thrown")
  func throwing() {
    #expect(throws: TensorError.self) {
      _ = try valueAndGradient(at: Tensor(1)) { w in
        (w * Tensor(try HostTensor([1], shape: [2])), w)
      }
    }
  }

  @Test("slopes at kinks are those that training wants")
  func kinks() async throws {
    let zero = try constant([0], [])
    func slope(_ f: (Tensor) -> Tensor) async throws -> Double {
      try await elements(gradients(of: f(zero), at: [zero])[0])[0]
    }
    #expect(try await slope { relu($0) } == 0)
    #expect(try await slope { abs($0) } == 0)
    #expect(try await slope { leakyRelu($0, slope: 0.3) } == 0.3)
    #expect(try await slope { elu($0) } == 1)
    #expect(try await slope { softplus($0) } == 0.5)
    #expect(agree([try await slope { mish($0) }], [0.6]))
    #expect(try await slope { softsign($0) } == 1)
    #expect(try await slope { pow($0, 2) } == 0)
    #expect(try await slope { pow($0, 1) } == 1)
    #expect(try await slope { pow($0, 0) } == 0)
    #expect(try await slope { $0.product() + pow($0, 3) } == 1)
  }

  @Test("equal extremes share the gradient; the first of equal ones wins a pool")
  func ties() async throws {
    let x = try constant([1, 3, 3, 2])
    #expect(try await elements(gradients(of: x.max(), at: [x])[0]) == [0, 0.5, 0.5, 0])
    let picture = x.reshaped(to: [1, 4, 1])
    let pooled = maxPool(picture, sizes: [4], strides: [4], padding: .valid).sum()
    #expect(try await elements(gradients(of: pooled, at: [picture])[0]) == [0, 1, 0, 0])
  }

  @Test("gradients stay finite where values saturate")
  func saturation() async throws {
    let x = try constant([-800, -40, 0, 40, 800])
    for y in [
      softplus(x), elu(x), silu(x), mish(x), sigmoid(x), tanh(x), gelu(x), softsign(x), selu(x),
    ] {
      let slope = try await elements(gradients(of: y.sum(), at: [x])[0])
      #expect(slope.allSatisfy { $0.isFinite })
    }
    let logits = try constant([1000, -1000, 0, -.infinity])
    let weights = try constant([1, 2, 3, 4])
    for y in [softmax(logits), select(isFinite(logits), logSoftmax(logits), 0)] {
      let slope = try await elements(gradients(of: (y * weights).sum(), at: [logits])[0])
      #expect(slope.allSatisfy { $0.isFinite })
    }
  }

  @Test("whole numbers and Booleans carry no gradient")
  func whole() async throws {
    let x = try constant([1.5, 2.5])
    let counted = x.converted(to: .int32).converted(to: .float64)
    #expect(try await elements(gradients(of: counted.sum(), at: [x])[0]) == [0, 0])
    let rounded = (x.argMax().converted(to: .float64) + (x .> 2).converted(to: .float64)).sum()
    #expect(try await elements(gradients(of: rounded, at: [x])[0]) == [0, 0])
  }
}

import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

private func float32(_ shape: Shape) -> TensorType { TensorType(.float32, shape) }

private func row(_ numbers: [Float]) throws -> Tensor { Tensor(try HostTensor([numbers])) }

/// The values that a layer makes with the weights of another of which it was cut.
private func values(
  _ layer: any Layer, _ inputs: [Tensor], weights: Weights
) async throws -> [[Float]] {
  var weights = weights
  var values: [[Float]] = []
  for output in layer(inputs, &weights) {
    values.append(try await output.value(on: .reference).array(of: Float.self))
  }
  return values
}

@Suite("Parts of models") struct CutTests {
  /// Two branches, a shared layer and a model inside: `dense` and `dense_1` by number.
  private static func sample() throws -> (model: Model, weights: Weights) {
    let (left, right) = (Input([2]), Input([3]))
    let z = Input([4])
    let inner = try Model(
      inputs: z, outputs: Dense(4, activation: .tanh)(Dense(4)(z)), name: "block")
    let embed = Dense(4, useBias: false, name: "embed")
    let a = embed(Dense(5, activation: .tanh)(left))
    let b = embed(Dense(5)(right))
    let model = try Model(
      inputs: ["left": left, "right": right],
      outputs: ["sum": inner(Add()([a, b])), "side": Activation(.tanh)(b)])
    let declaration = try model.declaration(inputs: model.inputs)
    return (model, try declaration.weights(from: declaration.initialValues(seed: 3)))
  }

  @Test("inner values are computed with the layers that they need, whose weights keep their paths")
  func innerValues() async throws {
    let (model, weights) = try Self.sample()
    let (x, y) = (try row([1, -2]), try row([0.5, 1, -1]))
    let part = try model.cut(at: ["dense_1", "side"])
    #expect(part.inputNames == ["right"] && part.outputNames == ["dense_1", "side"])
    let declared = try part.declaration(inputs: part.inputs).weights.map(\.path)
    #expect(declared == ["dense_1/kernel", "dense_1/bias", "embed/kernel"])
    let found = try await values(part, [y], weights: weights)
    let kernel = try #require(weights.parameters["dense_1/kernel"])
    let bias = try #require(weights.parameters["dense_1/bias"])
    let expected = try await (matmul(y, kernel) + bias).value(on: .reference)
    #expect(try found[0] == expected.array(of: Float.self))
    #expect(try await values(model, [x, y], weights: weights)[1] == found[1])
  }

  @Test("cuts reach into models inside, and go on from there")
  func nested() async throws {
    let (model, weights) = try Self.sample()
    let inputs = [try row([1, -2]), try row([0.5, 1, -1])]
    let upper = try model.cut(at: ["block/dense", "add"])
    #expect(upper.inputNames == ["left", "right"])
    let lower = try model.cut(at: ["sum"], from: ["block/dense"])
    #expect(lower.inputNames == ["block/dense"] && lower.inputs == [float32([4])])
    #expect(
      try lower.declaration(inputs: lower.inputs).weights.map(\.path)
        == ["block/dense_1/kernel", "block/dense_1/bias"])
    let middle = try await values(upper, inputs, weights: weights)
    let end = try await values(lower, [try row(middle[0])], weights: weights)
    #expect(try await values(model, inputs, weights: weights)[0] == end[0])
    // A model inside stands for what it makes.
    let block = try model.cut(at: ["block"], from: ["add"])
    #expect(try await values(block, [try row(middle[1])], weights: weights) == end)
  }

  @Test("a part is saved and loaded like any model")
  func coding() async throws {
    let (model, weights) = try Self.sample()
    let part = try model.cut(at: ["block/dense"])
    let back = try LayerCoder().layer(LayerCoder().json(part))
    let inputs = [try row([1, -2]), try row([0.5, 1, -1])]
    #expect(
      try await values(back, inputs, weights: weights)
        == values(part, inputs, weights: weights))
  }

  @Test("cuts pass through Sequential and wrapped layers, and what was frozen stays so")
  func wrapped() throws {
    let model = Sequential {
      Checkpointed {
        Dense(3)
        BatchNormalization()
      }
      Sequential(name: "head") {
        Dense(4)
        Dense(5)
      }.frozen()
      Dense(2)
    }
    let whole = Frozen(model, paths: ["sequential/dense/kernel"])
    let part = try whole.cut(
      at: ["sequential/batch_normalization", "head/dense"], inputs: [float32([2])])
    let weights = try part.declaration(inputs: part.inputs).weights
    #expect(
      weights.map { "\($0.path) \($0.isTrainable)" } == [
        "sequential/dense/kernel false", "sequential/dense/bias true",
        "sequential/batch_normalization/moving_mean false",
        "sequential/batch_normalization/moving_variance false",
        "sequential/batch_normalization/gamma true", "sequential/batch_normalization/beta true",
        "head/dense/kernel false", "head/dense/bias false",
      ])
  }

  @Test("a misspelt layer, and an end out of reach, are told")
  func errors() throws {
    let (model, _) = try Self.sample()
    func text(_ ends: [String], from starts: [String]? = nil) -> String {
      do {
        _ = try model.cut(at: ends, from: starts)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      text(["block/dence"])
        == "The model has no layer \"block/dence\". Did you mean \"block/dense\"?")
    #expect(
      text(["zebra"]) == "The model has no layer \"zebra\". See summary() for the names it has.")
    #expect(text(["sum"], from: ["dense"]).contains("an input that is not among the given ones"))
    let outer = Sequential { Bidirectional(LSTM(2)) }
    let error = #expect(throws: LayerError.self) {
      try outer.cut(at: ["bidirectional/forward_lstm"], inputs: [float32([3, 2])])
    }
    #expect("\(try #require(error))".contains("Cut at the layer around it."))
  }
}

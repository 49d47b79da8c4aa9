import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

private func float32(_ shape: Shape) -> TensorType { TensorType(.float32, shape) }

/// A layer as a user would write one: `x · scale`, with a dense layer of its own inside.
struct Gate: UnaryLayer {
  static let kind = "Gate"
  var identity = Identity()
  let name: String?
  let inner: Dense

  init(_ units: Int, name: String? = nil) {
    inner = Dense(units, activation: .sigmoid)
    self.name = name
  }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let scale = scope.parameter("scale", [inner.units], initializer: .ones)
    return inner(x, in: scope) * scale
  }
}

/// A layer that breaks its promise.
private struct Silent: Layer {
  static let kind = "Silent"
  var identity = Identity()
  var name: String? { nil }
  func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] { [] }
}

@Suite("Structure of models") struct StructureTests {
  @Test("if, else and for inside Sequential", arguments: [true, false])
  func builder(isDeep: Bool) throws {
    let extra = [Dense(6), Dense(7)]
    let model = Sequential {
      Flatten()
      if isDeep {
        Dense(8)
        Dropout(0.1)
      } else {
        Dense(9)
      }
      if !isDeep { Activation(.relu) }
      for units in 1...3 { Dense(units) }
      extra
    }
    let kinds = model.layers.map { type(of: $0).kind }
    let middle = isDeep ? ["Dense", "Dropout"] : ["Dense", "Activation"]
    #expect(kinds == ["Flatten"] + middle + [String](repeating: "Dense", count: 5))
    let output = try model.declaration(inputs: [float32([2, 2])]).outputs
    #expect(output == [float32([1, 7])])
  }

  @Test("layers are named as in Keras")
  func names() throws {
    let model = Sequential {
      Conv2D(2, kernel: 1)
      BatchNormalization()
      Conv2D(2, kernel: 1)
      MaxPooling2D()
      GlobalAveragePooling2D()
      Dense(2, name: "head")
      Dense(2)
    }
    let calls = try model.declaration(inputs: [float32([4, 4, 1])]).calls.map(\.path)
    #expect(
      calls == [
        "conv2d", "batch_normalization", "conv2d_1", "max_pooling2d", "global_average_pooling2d",
        "head", "dense",
      ])
  }

  @Test("names that clash get numbers, whoever came first")
  func clashes() throws {
    let model = Sequential {
      Dense(2, name: "dense_1")
      Dense(2)
      Dense(2)
      Dense(2, name: "dense")
      Dense(2, name: "head")
      Dense(2, name: "head")
    }
    let paths = try model.declaration(inputs: [float32([2])]).calls.map(\.path)
    #expect(paths == ["dense_1", "dense", "dense_2", "dense_3", "head", "head_1"])
    #expect(Set(paths).count == paths.count)
  }

  @Test("names that would confuse weights' paths are refused", arguments: ["", "a/b", "/"])
  func impossibleNames(name: String) {
    let model = Sequential { Dense(2, name: name) }
    #expect(throws: GraphError.self) { _ = try model.declaration(inputs: [float32([2])]) }
  }

  @Test("a functional model with two inputs, two outputs and a shared layer")
  func functional() async throws {
    let (left, right) = (Input([2]), Input([3]))
    let embed = Dense(4, useBias: false, name: "embed")
    let a = embed(Dense(5)(left))
    let b = embed(Dense(5)(right))
    let sum = Add()([a, b])
    let joined = Concatenate()([sum, left])
    let model = try Model(inputs: [left, right], outputs: [joined, a])
    let declaration = try model.declaration(inputs: [float32([2]), float32([3])])
    #expect(declaration.outputs == [float32([1, 6]), float32([1, 4])])
    #expect(
      declaration.weights.map { "\($0.path) \($0.type)" } == [
        "dense/kernel f32[2, 5]", "dense/bias f32[5]", "embed/kernel f32[5, 4]",
        "dense_1/kernel f32[3, 5]", "dense_1/bias f32[5]",
      ])

    // The same numbers, computed by hand.
    var weights = try declaration.weights(from: declaration.initialValues(seed: 1))
    let x = Tensor(try HostTensor([[1, 2]] as [[Float]]))
    let y = Tensor(try HostTensor([[3, 4, 5]] as [[Float]]))
    let found = model([x, y], &weights)
    func weight(_ path: String) throws -> Tensor { try #require(weights.parameters[path]) }
    let first = matmul(matmul(x, try weight("dense/kernel")), try weight("embed/kernel"))
    let second = matmul(matmul(y, try weight("dense_1/kernel")), try weight("embed/kernel"))
    #expect(try await numbers(found[1]) == numbers(first))
    let expected = concatenate([first + second, x], axis: 1)
    #expect(try await numbers(found[0]) == numbers(expected))

    // A layer that is not shared has weights of its own.
    let apart = try Model(
      inputs: [left], outputs: [Add()([embed(Dense(5)(left)), embed.fresh()(Dense(5)(left))])])
    let paths = try apart.declaration(inputs: [float32([2])]).weights.map(\.path)
    #expect(paths.contains("embed/kernel") && paths.contains("embed_1/kernel"))
  }

  @Test("a trained model is a layer of another one, with paths below its own")
  func nested() throws {
    let features = Sequential(name: "features") {
      Conv2D(2, kernel: 3)
      Flatten()
    }
    let x = Input([6, 6, 1])
    let inner = try Model(inputs: x, outputs: Dense(4)(features(x)), name: "backbone")
    let z = Input([6, 6, 1])
    let model = try Model(inputs: z, outputs: Dense(3)(inner(z)))
    let declaration = try model.declaration(inputs: [float32([6, 6, 1])])
    #expect(
      declaration.weights.map(\.path) == [
        "backbone/features/conv2d/kernel", "backbone/features/conv2d/bias",
        "backbone/dense/kernel", "backbone/dense/bias", "dense/kernel", "dense/bias",
      ])
    // Weights of the inner model fit below its path.
    let own = try inner.declaration(inputs: [float32([6, 6, 1])]).weights.map(\.path)
    #expect(own.map { "backbone/" + $0 } == declaration.weights.prefix(4).map(\.path))
    let json = try LayerCoder().json(model)
    let back = try LayerCoder().layer(json)
    #expect(
      try back.declaration(inputs: [float32([6, 6, 1])]).weights.map(\.path)
        == declaration.weights.map(\.path))
  }

  @Test("every output of a model can be used in another one")
  func nestedOutputs() async throws {
    let x = Input([2])
    let pair = try Model(
      inputs: [x], outputs: [Rescaling(2)(x), Rescaling(3)(x)], name: "pair")
    let y = Input([2])
    let parts = pair([y], outputs: 2)
    let model = try Model(inputs: [y], outputs: [Concatenate()([parts[1], parts[0]])])
    let back = try LayerCoder().layer(LayerCoder().json(model))
    for model in [model, back] as [any Layer] {
      var weights = Weights()
      let values = model(Tensor(try HostTensor([[1, 10]] as [[Float]])), &weights)
      #expect(try await numbers(values) == [3, 30, 2, 20])
    }
    #expect(pair([y], outputs: -1).isEmpty)
    let absent = try Model(inputs: [y], outputs: pair([y], outputs: 3))
    #expect {
      _ = try absent.declaration(inputs: [float32([2])])
    } throws: {
      "\($0)".contains(
        "output 2 of node 0 is asked for, but it has 2. Ask for an output in 0..<2.")
    }
  }

  @Test("inputs and outputs keep their names in a file, and need one each")
  func namedEnds() throws {
    let (x, y) = (Input([2]), Input([3]))
    let all = Concatenate()([x, y])
    let model = try Model(
      inputs: ["image": x, "age": y], outputs: ["kind": Dense(2)(all), "price": Dense(1)(all)])
    let back = try LayerCoder().layer(LayerCoder().json(model))
    for model in [model, back, model.checkpointed(), back.frozen()] as [any Layer] {
      #expect(model.inputNames == ["image", "age"])
      #expect(model.outputNames == ["kind", "price"])
    }
    let plain = try Model(inputs: x, outputs: Dense(2)(x))
    #expect(plain.inputNames == nil && plain.outputNames == nil)
    #expect(try !LayerCoder().json(plain).contains("Names"))
    for names in [["a", "a"], ["a", ""]] {
      let error = #expect(throws: LayerError.self) {
        try Model(inputs: [names[0]: x, names[1]: y], outputs: ["kind": all])
      }
      #expect("\(try #require(error))".contains("Give each of them one name of its own."))
    }
  }

  @Test("an input that is not listed, or no input at all, is an error with a next step")
  func disconnected() throws {
    let (x, y) = (Input([2]), Input([2]))
    func text(_ make: () throws -> Model) -> String {
      do {
        _ = try make()
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      text { try Model(inputs: x, outputs: Add()([x, y])) }
        == "The model's graph is not closed: the outputs depend on an input that the model does "
        + "not list. List every input that the outputs depend on.")
    #expect(
      text { try Model(inputs: [x, Dense(2)(x)], outputs: [y]) }
        == "Input 1 of the model is what a layer made. Start the model from Input(_:).")
    #expect(
      text { try Model(inputs: [x], outputs: []) }
        == "The model has no inputs or no outputs. Give it at least one of each.")
    // An input that is not needed, and one that is an output itself, are fine.
    #expect(text { try Model(inputs: [x, y], outputs: [x]) } == "accepted")
  }

  @Test("5,000 layers in a row are built, coded, drawn and released on a small stack")
  func depth() throws {
    let count = 5_000
    var layers: [any Layer] = []
    let input = Input([1])
    var x = input
    for _ in 0..<count {
      let dense = Dense(1, useBias: false)
      layers.append(dense)
      x = dense(x)
    }
    let chain = try Model(inputs: input, outputs: x)
    for model in [Sequential(layers), chain] as [any Layer] {
      let back = try LayerCoder().layer(LayerCoder().json(model))
      let declaration = try back.declaration(inputs: [float32([1])])
      #expect(declaration.parameterCount == count)
      #expect(declaration.weights.last?.path == "dense_\(count - 1)/kernel")
      #expect(try back.summary(inputs: [float32([1])]).contains("dense_\(count - 1)"))
      var weights = try declaration.weights(from: declaration.initialValues(seed: 0))
      let y = back(Tensor(HostTensor.zeros([2, 1])), &weights)
      #expect(gradients(of: y.sum(), at: [weights.parameters["dense/kernel"] ?? y])[0].error == nil)
    }
  }

  @Test("100,000 symbols in a row are released without recursion")
  func release() {
    var x = Input([1])
    for _ in 0..<100_000 { x = Flatten()(x) }
  }

  @Test("a user's own layer works inside Sequential and codes through a catalogue")
  func customLayer() async throws {
    let model = Sequential {
      Gate(3)
      Gate(2, name: "exit")
    }
    let declaration = try model.declaration(inputs: [float32([4])])
    #expect(
      declaration.weights.map(\.path) == [
        "gate/scale", "gate/dense/kernel", "gate/dense/bias", "exit/scale", "exit/dense/kernel",
        "exit/dense/bias",
      ])
    var weights = try declaration.weights(from: declaration.initialValues(seed: 0))
    weights.parameters["exit/scale"] = Tensor(HostTensor([0, 2] as [Float]))
    let values = try await numbers(model(Tensor(HostTensor.zeros([1, 4])), &weights))
    #expect(values[0] == 0 && values[1] > 0 && values[1] < 2)

    let coder = LayerCoder(catalog: .standard.adding([Gate.self]))
    let back = try coder.layer(coder.json(model))
    #expect(
      try back.declaration(inputs: [float32([4])]).weights.map(\.path)
        == declaration.weights.map(\.path))
    #expect(
      LayerCoder().refusal(try coder.json(model))
        == "layers[0].kind: There is no layer named \"Gate\". Remove it or correct its name.")
  }

  @Test("a layer that makes nothing is an error")
  func silentLayer() throws {
    let x = Input([2])
    for model in [Silent(), try Model(inputs: x, outputs: Silent()(x))] as [any Layer] {
      #expect {
        _ = try model.declaration(inputs: [float32([2])])
      } throws: {
        "\($0)".contains("it makes no output. Return at least one tensor from forward.")
      }
    }
  }
}

@Suite("Summaries and counts") struct SummaryTests {
  private let mlp = Sequential {
    Flatten()
    Dense(512, activation: .relu)
    Dense(10, activation: .softmax)
  }

  private let cnn = Sequential {
    Conv2D(32, kernel: 3, activation: .relu)
    MaxPooling2D(2)
    Conv2D(64, kernel: 3, activation: .relu)
    MaxPooling2D(2)
    Conv2D(64, kernel: 3, activation: .relu)
    Flatten()
    Dense(64, activation: .relu)
    Dense(10, activation: .softmax)
  }

  @Test("the textbook's parameter counts")
  func counts() throws {
    #expect(try mlp.declaration(inputs: [float32([28, 28])]).parameterCount == 407_050)
    #expect(try cnn.declaration(inputs: [float32([28, 28, 1])]).parameterCount == 93_322)
  }

  @Test("a summary of one layer lists that layer")
  func summaryOfOneLayer() throws {
    #expect(
      try Dense(2).summary(inputs: [float32([3])]) == """
        Layer  Output      Parameters
        ─────────────────────────────
        Dense  [batch, 2]           8
        ─────────────────────────────
        Trainable parameters: 8, others: 0
        Multiply-adds for a sample: 6
        """)
  }

  @Test("a summary lists layers, shapes and parameters")
  func summary() throws {
    let model = Sequential {
      Sequential(name: "features") {
        Conv2D(32, kernel: 3, activation: .relu)
        BatchNormalization()
      }
      Flatten()
      Dense(10)
    }
    #expect(
      try model.summary(inputs: [float32([28, 28, 1])]) == """
        Layer                                                Output               Parameters
        ────────────────────────────────────────────────────────────────────────────────────
        features (Sequential)                                [batch, 26, 26, 32]           0
          features/conv2d (Conv2D)                           [batch, 26, 26, 32]         320
          features/batch_normalization (BatchNormalization)  [batch, 26, 26, 32]         128
        flatten (Flatten)                                    [batch, 21632]                0
        dense (Dense)                                        [batch, 10]             216,330
        ────────────────────────────────────────────────────────────────────────────────────
        Trainable parameters: 216,714, others: 64
        Multiply-adds for a sample: 411,008
        """)
  }

  @Test("a shared layer is listed once, so that the column adds up")
  func sharedLayer() throws {
    let dense = Dense(4)
    let text = try Sequential([dense, dense]).summary(inputs: [float32([4])])
    #expect(text.split(separator: "\n").count { $0.hasPrefix("dense") } == 1)
    #expect(text.contains("Trainable parameters: 20, others: 0"))
  }
}

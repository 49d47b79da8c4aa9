import GoldenKit
import MoruGraph
import MoruLayers
import MoruOptimizers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Whole models train as in Keras") struct GoldenTrainingTests {
  private struct State: TensorTree {
    var weights: Weights
    var optimizer: OptimizerState

    mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
      try weights.visit(body)
      try optimizer.visit(body)
    }
  }

  @Test("in Float64", arguments: GoldenFile.names(in: "training"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("training", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "training"))
  func float32(name: String) async throws {
    // Ten steps carry rounding on: Adam divides by moments that start near 0.
    try await compare(try GoldenFile("training", name), as: .float32, tolerance: 1e-4)
  }

  private func compare(_ file: GoldenFile, as dtype: DType, tolerance: Double) async throws {
    let model = try model(file)
    let optimizer = try goldenOptimizer(
      file.description.value("optimizer").value("class_name").text(),
      file.description.value("optimizer").value("config"))
    let weights = try initialWeights(file, of: model, as: dtype)
    let start = State(
      weights: weights, optimizer: optimizer.initialState(for: weights.parameters))
    let step = compiled(state: start, on: .reference) {
      (state: inout State, x: Tensor, target: Tensor) in
      let frozen = state.weights.state
      let (loss, scope, gradient) = valueAndGradient(at: state.weights.parameters) { parameters in
        let scope = Scope(
          weights: Weights(parameters: parameters, state: frozen),
          seed: Tensor(HostTensor([1, 2] as [Int64])))
        let logits = scope.draw(model, [x])[0]
        let loss = SparseCategoricalCrossentropy(fromLogits: true)
        let fit = loss(target: target, prediction: logits)
        return (scope.penalties.reduce(fit) { $0 + $1 }, scope)
      }
      state.weights.state = scope.updatedWeights.state
      state.weights.parameters = optimizer.update(
        state.weights.parameters, gradient, &state.optimizer
      ).held(to: scope.constraints)
      return loss
    }

    let inputs = try file.tensor("input").converted(to: dtype)
    let losses = try file.tensor("loss").converted(to: dtype)
    for index in 0..<10 {
      let loss = try await step(
        Tensor(try row(index, of: inputs)), Tensor(try row(index, of: file.tensor("target"))))
      let found = try await loss.value(on: .reference)
      let wanted = try row(index, of: losses)
      #expect(difference(found, from: wanted, tolerance: tolerance) == nil, "step \(index + 1)")
      if index == 0 { try await expect(step.snapshot().weights, file, "step1.", dtype, tolerance) }
    }
    var final = try await step.snapshot().weights
    try await expect(final, file, "final.", dtype, tolerance)
    let logits = try await model(Tensor(try row(0, of: inputs)), &final).value(on: .reference)
    let wanted = try file.tensor("final_output").converted(to: dtype)
    #expect(difference(logits, from: wanted, tolerance: tolerance) == nil)
  }

  private func expect(
    _ weights: Weights, _ file: GoldenFile, _ prefix: String, _ dtype: DType, _ tolerance: Double
  ) async throws {
    let found = weights.parameters.merging(weights.state) { $1 }
    let wanted = file.tensors(after: prefix)
    #expect(Set(found.keys) == Set(wanted.keys))
    for (path, tensor) in found {
      let value = try await tensor.value(on: .reference)
      let expected = try #require(wanted[path]).converted(to: dtype)
      #expect(difference(value, from: expected, tolerance: tolerance) == nil, "\(prefix)\(path)")
    }
  }

  private func initialWeights(
    _ file: GoldenFile, of model: Sequential, as dtype: DType
  ) throws -> Weights {
    let shape = try file.description.value("input_shape").list().map { try $0.integer() }
    let declaration = try model.declaration(inputs: [TensorType(.float32, Shape(shape))])
    // Declared in Float32; Float64 takes the same places.
    let float32 = file.tensors(after: "initial.").mapValues { $0.converted(to: .float32) }
    let weights = try declaration.weights(from: float32)
    return weights.map { Tensor(($0.constant ?? HostTensor(Double.nan)).converted(to: dtype)) }
  }

  private func model(_ file: GoldenFile) throws -> Sequential {
    #expect(
      try file.description.value("loss").value("class_name")
        == .text("SparseCategoricalCrossentropy"))
    let layers = try file.description.value("layers").list().map { try layer($0) }
    return Sequential(layers)
  }

  private func layer(_ description: Settings) throws -> any Layer {
    let config = try description.value("config")
    let name = try config.value("name").text()
    func integer(_ key: String) throws -> Int { try config.value(key).integer() }
    func size(_ key: String) throws -> Size2D {
      let sides = try config.value(key).list().map { try $0.integer() }
      return Size2D(sides[0], sides[1])
    }
    func activation() throws -> ActivationFunction {
      try #require(ActivationFunction(rawValue: try config.value("activation").text()))
    }
    func padding() throws -> PaddingMode {
      try #require(PaddingMode(rawValue: try config.value("padding").text()))
    }
    func part<Box: Decodable>(_ key: String, as box: Box.Type) throws -> Box? {
      try config[key].map { try GoldenLayer.part($0, as: box) }
    }
    func regularizer(_ key: String) throws -> (any Regularizer)? {
      try part(key + "_regularizer", as: RegularizerBox.self)?.regularizer
    }
    func constraint(_ key: String) throws -> (any Constraint)? {
      try part(key + "_constraint", as: ConstraintBox.self)?.constraint
    }
    switch try description.value("class_name").text() {
    case "Dense":
      return Dense(
        try integer("units"), activation: try activation(),
        useBias: try config.value("use_bias").bool(),
        kernelRegularizer: try regularizer("kernel"), biasRegularizer: try regularizer("bias"),
        activityRegularizer: try regularizer("activity"),
        kernelConstraint: try constraint("kernel"), biasConstraint: try constraint("bias"),
        name: name)
    case "Conv2D":
      return Conv2D(
        try integer("filters"), kernel: try size("kernel_size"), strides: try size("strides"),
        padding: try padding(), activation: try activation(),
        useBias: try config.value("use_bias").bool(), name: name)
    case "BatchNormalization":
      return BatchNormalization(
        momentum: try config.value("momentum").number(),
        epsilon: try config.value("epsilon").number(), name: name)
    case "MaxPooling2D":
      return MaxPooling2D(
        try size("pool_size"), strides: try size("strides"), padding: try padding(), name: name)
    case "Activation": return Activation(try activation(), name: name)
    case "Flatten": return Flatten(name: name)
    case let other: throw GoldenError("no layer of ours is a \(other)")
    }
  }
}

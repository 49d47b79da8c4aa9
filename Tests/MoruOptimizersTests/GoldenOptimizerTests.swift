import GoldenKit
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Optimizers agree with Keras and the papers") struct GoldenOptimizerTests {
  @Test("there are golden files to compare with")
  func files() {
    #expect(GoldenFile.names(in: "optimizers").count >= 13)
    #expect(GoldenFile.names(in: "training").count >= 2)
  }

  @Test("in Float64", arguments: GoldenFile.names(in: "optimizers"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("optimizers", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "optimizers"))
  func float32(name: String) async throws {
    try await compare(try GoldenFile("optimizers", name), as: .float32, tolerance: 1e-5)
  }

  private struct State: TensorTree {
    var parameters: [String: Tensor]
    var optimizer: OptimizerState

    mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
      try parameters.visit(body)
      try optimizer.visit(body)
    }
  }

  /// Ten steps over given gradients, with parameters and moments kept on the executor.
  private func compare(_ file: GoldenFile, as dtype: DType, tolerance: Double) async throws {
    let optimizer = try goldenOptimizer(file.className, file.config)
    let start = file.tensors(after: "param.").mapValues { Tensor($0.converted(to: dtype)) }
    let state = State(parameters: start, optimizer: optimizer.initialState(for: start))
    let step = compiled(state: state, on: .reference) {
      (state: inout State, gradient: [String: Tensor]) in
      state.parameters = optimizer.update(state.parameters, gradient, &state.optimizer)
      return state.parameters
    }
    let gradients = file.tensors(after: "grad.").mapValues { $0.converted(to: dtype) }
    for index in 0..<10 {
      let gradient = try gradients.mapValues { Tensor(try row(index, of: $0)) }
      let parameters = try await step(gradient)
      #expect(Set(parameters.keys) == ["kernel", "bias"])
      for (name, tensor) in parameters {
        let wanted = try row(index, of: file.tensor("output." + name)).converted(to: dtype)
        let found = try await tensor.value(on: .reference)
        #expect(
          difference(found, from: wanted, tolerance: tolerance) == nil, "\(name), step \(index + 1)"
        )
      }
    }
  }
}

/// One entry of the first axis, without that axis.
func row(_ index: Int, of tensor: HostTensor) throws -> HostTensor {
  try tensor.slice(index..<index + 1).reshaped(to: Shape(Array(tensor.shape.dropFirst())))
}

/// Our optimizer of a case.
///
/// - Throws: `GoldenError` if there is none, or if the case has settings that it does not know.
func goldenOptimizer(_ className: String, _ config: Settings) throws -> any Optimizer {
  var known: Set<String> = ["learning_rate"]
  func number(_ key: String) throws -> Double {
    known.insert(key)
    return try config.value(key).number()
  }
  func flag(_ key: String) throws -> Bool {
    known.insert(key)
    return try config.value(key).bool()
  }
  let rate = try goldenRate(try config.value("learning_rate"))
  let optimizer: any Optimizer
  switch className {
  case "SGD":
    optimizer = SGD(
      learningRate: rate, momentum: try number("momentum"), nesterov: try flag("nesterov"))
  case "RMSprop":
    optimizer = RMSprop(
      learningRate: rate, rho: try number("rho"), momentum: try number("momentum"),
      epsilon: try number("epsilon"), centered: try flag("centered"))
  case "Adam":
    optimizer = Adam(
      learningRate: rate, beta1: try number("beta_1"), beta2: try number("beta_2"),
      epsilon: try number("epsilon"))
  case "AdamW":
    optimizer = AdamW(
      learningRate: rate, weightDecay: try number("weight_decay"), beta1: try number("beta_1"),
      beta2: try number("beta_2"), epsilon: try number("epsilon"))
  default: throw GoldenError("no optimizer of ours is a \(className)")
  }
  guard config.keys.isSubset(of: known) else {
    throw GoldenError("settings \(config.keys.subtracting(known)) are not used")
  }
  return optimizer
}

private func goldenRate(_ setting: Settings) throws -> LearningRate {
  if case .number(let rate) = setting { return .constant(rate) }
  guard setting["class_name"] == .text("CosineDecay") else {
    throw GoldenError("no schedule of ours is \(setting)")
  }
  let config = try setting.value("config")
  return .cosineDecay(
    initial: try config.value("initial_learning_rate").number(),
    steps: try config.value("decay_steps").integer(), alpha: try config.value("alpha").number())
}

public import MoruGraph
public import MoruOptimizers
public import MoruTensors

/// A golden optimizer case: parameters, a gradient for each of ten steps, and what they come to.
public struct GoldenOptimizerCase {
  /// Our optimizer of the case.
  public let optimizer: any Optimizer
  /// The parameters after each step, by name: `[10, …]`.
  public let expected: [String: HostTensor]
  private let start: [String: HostTensor]
  private let gradients: [String: HostTensor]

  /// Reads a case.
  public init(_ file: GoldenFile) throws {
    optimizer = try goldenOptimizer(file.className, file.config)
    start = file.tensors(after: "param.")
    gradients = file.tensors(after: "grad.")
    expected = file.tensors(after: "output.")
  }

  private struct State: TensorTree {
    var parameters: [String: Tensor]
    var optimizer: OptimizerState

    mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
      try parameters.visit(body)
      try optimizer.visit(body)
    }
  }

  /// The parameters after each step, with parameters and moments kept on the executor.
  public func values(
    as dtype: DType, on executor: any Executor
  ) async throws -> [String: [HostTensor]] {
    let start = start.mapValues { Tensor($0.converted(to: dtype)) }
    let state = State(parameters: start, optimizer: optimizer.initialState(for: start))
    let step = compiled(state: state, on: executor) {
      [optimizer]
      (
        state: inout State, gradient: [String: Tensor]
      ) in
      state.parameters = optimizer.update(state.parameters, gradient, &state.optimizer)
      return state.parameters
    }
    var found: [String: [HostTensor]] = [:]
    for index in 0..<10 {
      let gradient = try gradients.mapValues {
        Tensor(try row(index, of: $0).converted(to: dtype))
      }
      for (name, tensor) in try await step(gradient) {
        found[name, default: []].append(try await tensor.value(on: executor))
      }
    }
    return found
  }

  /// The largest relative error of all parameters after all steps.
  public func error(as dtype: DType, on executor: any Executor) async throws -> Double {
    let found = try await values(as: dtype, on: executor)
    guard Set(found.keys) == Set(expected.keys) else { return .infinity }
    return try found.flatMap { name, steps in
      try steps.enumerated().map { index, value in
        try expected[name].map { try relativeError(value, row(index, of: $0)) } ?? .infinity
      }
    }.max() ?? .infinity
  }
}

/// One entry of the first axis, without that axis.
public func row(_ index: Int, of tensor: HostTensor) throws -> HostTensor {
  try tensor.slice(index..<index + 1).reshaped(to: Shape(Array(tensor.shape.dropFirst())))
}

/// Our optimizer of a case.
///
/// - Throws: `GoldenError` if there is none, or if the case has settings that it does not know.
public func goldenOptimizer(_ className: String, _ config: Settings) throws -> any Optimizer {
  var used: Set<String> = []
  func setting(_ key: String) throws -> Settings {
    used.insert(key)
    return try config.value(key)
  }
  func number(_ key: String) throws -> Double { try setting(key).number() }
  func flag(_ key: String) throws -> Bool { try setting(key).bool() }
  func optional(_ key: String) throws -> Double? { config[key] == nil ? nil : try number(key) }
  func optionalFlag(_ key: String) throws -> Bool { config[key] == nil ? false : try flag(key) }

  var settings = UpdateSettings(learningRate: try goldenRate(try setting("learning_rate")))
  settings.weightDecay = try optional("weight_decay") ?? 0
  settings.clipValue = try optional("clipvalue")
  settings.clipNorm = try optional("clipnorm")
  settings.globalClipNorm = try optional("global_clipnorm")
  if try optionalFlag("use_ema") {
    settings.emaMomentum = try number("ema_momentum")
    settings.emaOverwriteFrequency = Int(try number("ema_overwrite_frequency"))
  }
  var optimizer: any Optimizer
  switch className {
  case "SGD": optimizer = SGD(momentum: try number("momentum"), nesterov: try flag("nesterov"))
  case "RMSprop":
    optimizer = RMSprop(
      rho: try number("rho"), momentum: try number("momentum"), epsilon: try number("epsilon"),
      centered: try flag("centered"))
  case "Adam":
    optimizer = Adam(
      beta1: try number("beta_1"), beta2: try number("beta_2"), epsilon: try number("epsilon"),
      amsgrad: try optionalFlag("amsgrad"))
  case "AdamW":
    optimizer = AdamW(
      beta1: try number("beta_1"), beta2: try number("beta_2"), epsilon: try number("epsilon"))
  case "Adamax":
    optimizer = Adamax(
      beta1: try number("beta_1"), beta2: try number("beta_2"), epsilon: try number("epsilon"))
  case "Nadam":
    optimizer = Nadam(
      beta1: try number("beta_1"), beta2: try number("beta_2"), epsilon: try number("epsilon"))
  case "Lamb":
    optimizer = Lamb(
      beta1: try number("beta_1"), beta2: try number("beta_2"), epsilon: try number("epsilon"))
  case "Lion": optimizer = Lion(beta1: try number("beta_1"), beta2: try number("beta_2"))
  case "Adagrad":
    optimizer = Adagrad(
      initialAccumulator: try number("initial_accumulator_value"), epsilon: try number("epsilon"))
  case "Adadelta":
    optimizer = Adadelta(rho: try number("rho"), epsilon: try number("epsilon"))
  case "Adafactor":
    optimizer = Adafactor(
      beta2Decay: try number("beta_2_decay"), epsilon1: try number("epsilon_1"),
      epsilon2: try number("epsilon_2"), clipThreshold: try number("clip_threshold"))
  case "Ftrl":
    optimizer = Ftrl(
      power: try number("learning_rate_power"),
      initialAccumulator: try number("initial_accumulator_value"),
      l1: try number("l1_regularization_strength"), l2: try number("l2_regularization_strength"),
      l2Shrinkage: try number("l2_shrinkage_regularization_strength"), beta: try number("beta"))
  case "Muon":
    optimizer = Muon(
      adamWeightDecay: try number("adam_weight_decay"), momentum: try number("momentum"),
      nesterov: try flag("nesterov"), iterations: Int(try number("ns_steps")),
      rmsRate: try number("rms_rate"), beta1: try number("adam_beta_1"),
      beta2: try number("adam_beta_2"), epsilon: try number("epsilon"))
  default: throw GoldenError("no optimizer of ours is a \(className)")
  }
  guard config.keys.isSubset(of: used) else {
    throw GoldenError("settings \(config.keys.subtracting(used)) are not used")
  }
  optimizer.settings = settings
  return optimizer
}

import GoldenKit
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Optimizers agree with Keras and the papers") struct GoldenOptimizerTests {
  @Test("every optimizer and schedule has golden values")
  func files() throws {
    #expect(GoldenFile.names(in: "training").count >= 2)
    func classes(_ folder: String) throws -> Set<String> {
      Set(try GoldenFile.names(in: folder).map { try GoldenFile(folder, $0).className })
    }
    #expect(try classes("optimizers") == Set(optimizerCatalog.map { "\(type(of: $0))" }))
    let schedules = Set(scheduleCatalog.map { "\(type(of: $0))" })
    #expect(try classes("schedules") == schedules.subtracting(["OneCycle"]).union(["OneCycleLR"]))
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

/// Our learning rate of a setting.
///
/// - Throws: `GoldenError` if there is none, or if the schedule has settings that it does not know.
func goldenRate(_ setting: Settings) throws -> LearningRate {
  if case .number(let rate) = setting { return .constant(rate) }
  return try goldenSchedule(
    try setting.value("class_name").text(), try setting.value("config"))
}

/// Our schedule of a case.
func goldenSchedule(_ className: String, _ config: Settings) throws -> LearningRate {
  var used: Set<String> = []
  func setting(_ key: String) throws -> Settings {
    used.insert(key)
    return try config.value(key)
  }
  func number(_ key: String) throws -> Double { try setting(key).number() }
  func steps(_ key: String) throws -> Int { try setting(key).integer() }
  let rate: LearningRate
  switch className {
  case "CosineDecay":
    rate = .cosineDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      alpha: try number("alpha"))
  case "CosineDecayRestarts":
    rate = .cosineDecayRestarts(
      initial: try number("initial_learning_rate"), steps: try steps("first_decay_steps"),
      lengthFactor: try number("t_mul"), heightFactor: try number("m_mul"),
      alpha: try number("alpha"))
  case "ExponentialDecay":
    rate = .exponentialDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      rate: try number("decay_rate"), staircase: try setting("staircase").bool())
  case "InverseTimeDecay":
    rate = .inverseTimeDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      rate: try number("decay_rate"), staircase: try setting("staircase").bool())
  case "PolynomialDecay":
    rate = .polynomialDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      end: try number("end_learning_rate"), power: try number("power"),
      cycles: try setting("cycle").bool())
  case "PiecewiseConstantDecay":
    rate = .piecewiseConstantDecay(
      boundaries: try setting("boundaries").list().map { try $0.integer() },
      values: try setting("values").list().map { try $0.number() })
  case "OneCycleLR":
    rate = .oneCycle(
      greatest: try number("max_lr"), steps: try steps("total_steps"),
      riseFraction: try number("pct_start"), divisor: try number("div_factor"),
      lastDivisor: try number("final_div_factor"))
  default: throw GoldenError("no schedule of ours is a \(className)")
  }
  guard config.keys.isSubset(of: used) else {
    throw GoldenError("settings \(config.keys.subtracting(used)) are not used")
  }
  return rate
}

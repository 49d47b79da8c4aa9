public import MoruOptimizers

/// Our learning rate of a setting.
///
/// - Throws: `GoldenError` if there is none, or if the schedule has settings that it does not know.
public func goldenRate(_ setting: Settings) throws -> LearningRate {
  if case .number(let rate) = setting { return .constant(rate) }
  return .schedule(
    try goldenSchedule(try setting.value("class_name").text(), try setting.value("config")))
}

/// Our schedule of a case.
public func goldenSchedule(_ className: String, _ config: Settings) throws -> any Schedule {
  var used: Set<String> = []
  func setting(_ key: String) throws -> Settings {
    used.insert(key)
    return try config.value(key)
  }
  func number(_ key: String) throws -> Double { try setting(key).number() }
  func steps(_ key: String) throws -> Int { try setting(key).integer() }
  let schedule: any Schedule
  switch className {
  case "CosineDecay":
    schedule = CosineDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      alpha: try number("alpha"))
  case "CosineDecayRestarts":
    schedule = CosineDecayRestarts(
      initial: try number("initial_learning_rate"), steps: try steps("first_decay_steps"),
      lengthFactor: try number("t_mul"), heightFactor: try number("m_mul"),
      alpha: try number("alpha"))
  case "ExponentialDecay":
    schedule = ExponentialDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      rate: try number("decay_rate"), staircase: try setting("staircase").bool())
  case "InverseTimeDecay":
    schedule = InverseTimeDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      rate: try number("decay_rate"), staircase: try setting("staircase").bool())
  case "PolynomialDecay":
    schedule = PolynomialDecay(
      initial: try number("initial_learning_rate"), steps: try steps("decay_steps"),
      end: try number("end_learning_rate"), power: try number("power"),
      cycles: try setting("cycle").bool())
  case "PiecewiseConstantDecay":
    schedule = PiecewiseConstantDecay(
      boundaries: try setting("boundaries").list().map { try $0.integer() },
      values: try setting("values").list().map { try $0.number() })
  case "OneCycleLR":
    schedule = OneCycle(
      greatest: try number("max_lr"), steps: try steps("total_steps"),
      riseFraction: try number("pct_start"), divisor: try number("div_factor"),
      lastDivisor: try number("final_div_factor"))
  default: throw GoldenError("no schedule of ours is a \(className)")
  }
  guard config.keys.isSubset(of: used) else {
    throw GoldenError("settings \(config.keys.subtracting(used)) are not used")
  }
  return schedule
}

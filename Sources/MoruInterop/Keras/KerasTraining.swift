import MoruArchive
import MoruGraph
import MoruLayers
import MoruOptimizers
import MoruTensors

/// An optimizer's progress in Keras's words: its description, and one list of everything that it keeps.
enum KerasTraining {
  // MARK: Reading

  /// The progress that a file tells of; nil without an optimizer that is known.
  ///
  /// What is kept in an order that is not known is left out.
  ///
  /// - Parameter description: Keras's `compile_config` or `training_config`.
  /// - Parameter variables: What the optimizer keeps, in Keras's order; the steps come first.
  /// - Parameter model: The model's layers.
  static func progress(
    _ description: KerasValue, variables: [HostTensor], of model: KerasPart,
    _ declared: Declaration, _ dialect: KerasDialect
  ) throws -> OptimizerProgress? {
    let described = description["optimizer"] ?? description["optimizer_config"]
    guard var optimizer = described.flatMap(optimizer) else { return nil }
    let step = try variables.first?.converted(to: .int64).array(of: Int64.self).first ?? 0
    // Behind the steps Keras keeps the learning rate since version 2.11, unless it is a schedule's.
    var kept = variables.dropFirst()
    let rate = kept.first.flatMap { $0.shape.rank == 0 ? $0.converted(to: .float32) : nil }
    if let rate {
      kept = kept.dropFirst()
      let now = try rate.array(of: Float.self)[0]
      if let stated = optimizer.learningRate.constant, Float(stated) != now {
        optimizer.settings.learningRate = .constant(Double(now))
      }
    }
    return OptimizerProgress(
      optimizer: optimizer, step: Int(max(step, 0)),
      slots: slots(
        optimizer, Array(kept), model, declared, isInterleaved: dialect == .three || rate != nil))
  }

  private static func slots(
    _ optimizer: any Optimizer, _ kept: [HostTensor], _ model: KerasPart, _ declared: Declaration,
    isInterleaved: Bool
  ) -> [String: [HostTensor]] {
    let types = Dictionary(declared.weights.map { ($0.path, $0.type) }) { first, _ in first }
    let parameters = parameters(of: model, known: Set(types.keys))
    // Versions differ in whether some of what is kept comes together for each parameter.
    let together = groups(of: optimizer)
    let apart = together.joined().map { [$0] }
    for groups in isInterleaved ? [together, apart] : [apart, together] {
      let places = order(groups, parameters)
      guard places.count == kept.count,
        zip(places, kept).allSatisfy({ types[$0.path]?.shape == $1.shape })
      else { continue }
      var slots: [String: [HostTensor]] = [:]
      for (place, value) in zip(places, kept).sorted(by: { $0.0.slot < $1.0.slot }) {
        slots[place.path, default: []].append(value.converted(to: .float32))
      }
      return slots
    }
    return [:]
  }

  // MARK: Writing

  /// Everything that Keras keeps: names and values in its order.
  ///
  /// - Throws: `InteropError.notExportable` if the progress is not that of all parameters.
  static func variables(
    of progress: OptimizerProgress, _ model: KerasPart, known: Set<String>
  ) throws(InteropError) -> [(name: String, value: HostTensor)] {
    let kind = type(of: progress.optimizer).kind
    var variables = [
      ("\(kind)/iteration", HostTensor(Int64(progress.step))),
      ("\(kind)/learning_rate", HostTensor(Float(try rate(of: progress.optimizer)))),
    ]
    for (path, slot) in order(groups(of: progress.optimizer), parameters(of: model, known: known)) {
      guard let slots = progress.slots[path], slots.indices.contains(slot) else {
        throw .notExportable(
          kind: kind, place: "The optimizer's progress",
          advice: "It has nothing for \"\(path)\": pass that of this model's own training.")
      }
      variables.append(("\(kind)/\(path)/\(slot)", slots[slot]))
    }
    return variables
  }

  /// The optimizer with its settings.
  ///
  /// - Throws: `InteropError.notExportable` for optimizers and settings that Keras has not.
  static func description(of optimizer: any Optimizer) throws(InteropError) -> KerasValue {
    let kind = type(of: optimizer).kind
    let settings = optimizer.settings
    guard let own = ownSettings(of: optimizer), settings.emaMomentum == nil,
      settings.lossScaling == nil, settings.rateFactors == nil, settings.keptZeros == nil
    else {
      throw .notExportable(
        kind: kind, place: "The optimizer",
        advice: "Export the model without its progress: Keras has no such optimizer, or not with "
          + "means, scaled losses or rates by path.")
    }
    // Keras refuses a whole number, and JSON has no other word for 1.0; the next one is 1 in Float32.
    let rate = try rate(of: optimizer)
    var config = own.config
    config["learning_rate"] = .number(rate == rate.rounded() ? rate.nextUp : rate)
    config["name"] = .text(kind)
    let limits = [
      "weight_decay":
        settings.weightDecay == 0 && !(optimizer is AdamW) ? nil : settings.weightDecay,
      "clipnorm": settings.clipNorm, "clipvalue": settings.clipValue,
      "global_clipnorm": settings.globalClipNorm,
    ]
    config.merge(limits.mapValues { $0.map(KerasValue.number) ?? .null }) { $1 }
    return .object(["class_name": .text(own.className), "config": .object(config)])
  }

  private static func rate(of optimizer: any Optimizer) throws(InteropError) -> Double {
    guard let rate = optimizer.learningRate.constant else {
      throw .notExportable(
        kind: type(of: optimizer).kind, place: "The optimizer",
        advice: "Its learning rate follows a schedule: pass the progress with a constant one.")
    }
    return rate
  }

  // MARK: Order

  /// The paths of what gradients change, in Keras's order.
  private static func parameters(of model: KerasPart, known: Set<String>) -> [String] {
    model.variables(known: known).filter(\.isTrainable).map(\.path)
  }

  /// The order in which Keras keeps an optimizer's slots: for each group all parameters, for each of
  /// them the group's slots.
  private static func groups(of optimizer: any Optimizer) -> [[Int]] {
    switch optimizer {
    case let adam as Adam: adam.amsgrad ? [[0, 1], [2]] : [[0, 1]]
    case let adam as AdamW: groups(of: adam.adam)
    case is Adamax, is Adadelta: [[0, 1]]
    case let rmsprop as RMSprop:
      // Ours has the mean gradient before the momentum.
      [[0]] + (rmsprop.momentum > 0 ? [[rmsprop.centered ? 2 : 1]] : [])
        + (rmsprop.centered ? [[1]] : [])
    case let sgd as SGD: sgd.momentum == 0 ? [] : [[0]]
    default: [[0]]
    }
  }

  private static func order(
    _ groups: [[Int]], _ parameters: [String]
  ) -> [(path: String, slot: Int)] {
    groups.flatMap { group in
      parameters.flatMap { path in group.map { (path: path, slot: $0) } }
    }
  }

  // MARK: Settings

  private static func optimizer(_ description: KerasValue) -> (any Optimizer)? {
    guard let className = description["class_name"]?.text, let config = description["config"] else {
      return nil
    }
    func number(_ keys: String...) -> Double? {
      keys.lazy.compactMap { config[$0]?.known?.number }.first
    }
    func flag(_ key: String) -> Bool { config[key]?.bool ?? false }
    let (beta1, beta2) = (number("beta_1") ?? 0.9, number("beta_2") ?? 0.999)
    let epsilon = number("epsilon") ?? 1e-7
    let rho = number("rho") ?? 0.9
    var optimizer: (any Optimizer)? =
      switch className {
      case "SGD": SGD(momentum: number("momentum") ?? 0, nesterov: flag("nesterov"))
      case "Adam":
        Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: flag("amsgrad"))
      case "AdamW":
        AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: flag("amsgrad"))
      case "RMSprop":
        RMSprop(
          rho: rho, momentum: number("momentum") ?? 0, epsilon: epsilon,
          centered: flag("centered"))
      case "Adagrad":
        Adagrad(
          initialAccumulator: number("initial_accumulator_value") ?? 0.1, epsilon: epsilon)
      case "Adadelta": Adadelta(rho: number("rho") ?? 0.95, epsilon: epsilon)
      case "Adamax": Adamax(beta1: beta1, beta2: beta2, epsilon: epsilon)
      default: nil
      }
    // A schedule is a program of its own; its first rate stands for it.
    let rate =
      number("learning_rate", "lr")
      ?? config["learning_rate"]?["config"]?["initial_learning_rate"]?.number ?? 0.001
    optimizer?.settings.learningRate = .constant(rate)
    if let decay = number("weight_decay") { optimizer?.settings.weightDecay = decay }
    optimizer?.settings.clipNorm = number("clipnorm")
    optimizer?.settings.clipValue = number("clipvalue")
    optimizer?.settings.globalClipNorm = number("global_clipnorm")
    return optimizer
  }

  /// Keras's name of an optimizer, and the settings that it alone has.
  private static func ownSettings(
    of optimizer: any Optimizer
  ) -> (className: String, config: [String: KerasValue])? {
    func moments(_ beta1: Double, _ beta2: Double, _ epsilon: Double) -> [String: KerasValue] {
      ["beta_1": .number(beta1), "beta_2": .number(beta2), "epsilon": .number(epsilon)]
    }
    switch optimizer {
    case let sgd as SGD:
      // Keras refuses the whole number that JSON has for 0.0, which is what it takes by itself.
      let momentum: [String: KerasValue] =
        sgd.momentum == 0 ? [:] : ["momentum": .number(sgd.momentum)]
      return ("SGD", momentum.merging(["nesterov": .bool(sgd.nesterov)]) { $1 })
    case let adam as Adam:
      let own = moments(adam.beta1, adam.beta2, adam.epsilon)
      return ("Adam", own.merging(["amsgrad": .bool(adam.amsgrad)]) { $1 })
    case let adam as AdamW: return ownSettings(of: adam.adam).map { ("AdamW", $0.config) }
    case let adamax as Adamax:
      let own = adamax.moments
      return ("Adamax", moments(own.beta1, own.beta2, own.epsilon))
    case let rmsprop as RMSprop:
      return (
        "RMSprop",
        [
          "rho": .number(rmsprop.rho), "momentum": .number(rmsprop.momentum),
          "epsilon": .number(rmsprop.epsilon), "centered": .bool(rmsprop.centered),
        ]
      )
    case let adagrad as Adagrad:
      return (
        "Adagrad",
        [
          "initial_accumulator_value": .number(adagrad.initialAccumulator),
          "epsilon": .number(adagrad.epsilon),
        ]
      )
    case let adadelta as Adadelta:
      return (
        "Adadelta", ["rho": .number(adadelta.rho), "epsilon": .number(adadelta.epsilon)]
      )
    default: return nil
    }
  }
}

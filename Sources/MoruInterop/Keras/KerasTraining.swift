import MoruArchive
import MoruGraph
import MoruLayers
public import MoruOptimizers
public import MoruTensors

/// How far a model was trained with Keras: the optimizer and what it keeps from step to step.
public struct KerasTraining: Sendable {
  /// The optimizer with its settings.
  public let optimizer: any Optimizer
  /// Number of steps done.
  public let step: Int
  /// What the optimizer keeps for each parameter, by its path and in our order: for Adam the running
  /// means of gradients and of their squares. Empty if the file has none, or has it in an order that is
  /// not known.
  public let slots: [String: [HostTensor]]
}

extension KerasTraining {
  /// - Parameter description: Keras's `compile_config` or `training_config`.
  /// - Parameter variables: What the optimizer keeps, in Keras's order; the steps come first.
  /// - Parameter model: The model's layers.
  init?(
    _ description: KerasValue, variables: [HostTensor], of model: KerasPart,
    _ declared: Declaration, _ dialect: KerasDialect
  ) throws {
    let described = description["optimizer"] ?? description["optimizer_config"]
    guard let optimizer = try described.flatMap(Self.optimizer) else { return nil }
    self.optimizer = optimizer
    let step = try variables.first?.converted(to: .int64).array(of: Int64.self).first ?? 0
    self.step = Int(step)
    slots = Self.slots(optimizer, variables, model, declared, dialect)
  }

  private static func slots(
    _ optimizer: any Optimizer, _ variables: [HostTensor], _ model: KerasPart,
    _ declared: Declaration, _ dialect: KerasDialect
  ) -> [String: [HostTensor]] {
    let types = Dictionary(declared.weights.map { ($0.path, $0.type) }) { first, _ in first }
    let parameters = model.variables(known: Set(types.keys)).filter(\.isTrainable).map(\.path)
    let count = parameters.first.flatMap { types[$0] }.map {
      optimizer.initialSlots(for: .placeholder($0)).count
    }
    // Behind the steps Keras 3 keeps the learning rate, then all of each parameter in turn; Keras 2
    // the first of all parameters, then the second.
    let kept = Array(variables.dropFirst(dialect == .three ? 2 : 1))
    guard let count, count > 0, kept.count >= count * parameters.count,
      count == 1 || optimizer is Adam || optimizer is AdamW
    else { return [:] }
    var slots: [String: [HostTensor]] = [:]
    for (place, path) in parameters.enumerated() {
      let own = (0..<count).map { slot in
        kept[dialect == .three ? place * count + slot : slot * parameters.count + place]
          .converted(to: .float32)
      }
      guard own.allSatisfy({ $0.shape == types[path]?.shape }) else { return [:] }
      slots[path] = own
    }
    return slots
  }

  // MARK: Settings

  private static func optimizer(_ description: KerasValue) throws -> (any Optimizer)? {
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
      case "AdamW": AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
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
}

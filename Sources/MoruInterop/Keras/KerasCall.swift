/// A call of a layer in a functional model: on which outputs of other calls, and with what besides.
struct KerasCall: Sendable {
  /// An output of a call: Keras's name of the layer, the number of the call, and of the output.
  struct Tensor: Hashable, Sendable {
    let layer: String
    let call: Int
    let output: Int

    init(layer: String, call: Int, output: Int) {
      self.layer = layer
      self.call = call
      self.output = output
    }

    /// `["dense", 0, 0]`, perhaps with settings behind.
    init?(_ value: KerasValue) {
      guard let list = value.list, list.count >= 3, let layer = list[0].text,
        let call = list[1].integer, let output = list[2].integer, call >= 0, output >= 0
      else { return nil }
      self.init(layer: layer, call: call, output: output)
    }
  }

  /// The setting of a call that is one of the layer in ours.
  static let causalMask = "use_causal_mask"

  /// What the layer is called on.
  private(set) var inputs: [Tensor] = []
  /// Settings that Keras gives with the call, by Keras's word.
  private(set) var settings: [String: KerasValue] = [:]

  /// Reads a call as a file has it: Keras 2's `[["dense", 0, 0, {}]]` or Keras 3's
  /// `{"args": […], "kwargs": {…}}`.
  init(_ value: KerasValue) throws(Unfit) {
    if let object = value.object {
      for argument in object["args"]?.asList ?? [] { try add(argument) }
      try add(named: object["kwargs"]?.object ?? [:])
      return
    }
    let list = value.list ?? []
    for input in list.first?.text == nil ? list : [value] {
      guard let tensor = Tensor(input) else {
        throw Unfit("its call has \(input.words)", "Call it on outputs of layers alone.")
      }
      inputs.append(tensor)
      if let list = input.list, list.count > 3 { try add(named: list[3].object ?? [:]) }
    }
  }

  private mutating func add(_ argument: KerasValue) throws(Unfit) {
    if let tensor = Self.tensor(argument) {
      inputs.append(tensor)
    } else if let list = argument.list {
      for part in list { try add(part) }
    } else if argument != .null {
      throw Unfit(
        "its call has the constant \(argument.words)", "Call it on outputs of layers alone.")
    }
  }

  /// Arguments in the order in which ours takes them.
  private static let tensorNames = [
    "inputs", "sequences", "query", "x1", "x2", "value", "key", "initial_state",
  ]

  /// Arguments of a call without which predictions are the same if they are false.
  private static let negligible: Set = ["training", "return_attention_scores", causalMask]

  private mutating func add(named arguments: [String: KerasValue]) throws(Unfit) {
    for name in Self.tensorNames {
      if let value = arguments[name], value != .null { try add(value) }
    }
    for (name, value) in arguments.sorted(by: { $0.key < $1.key })
    where !Self.tensorNames.contains(name) && value != .null
      && !(value == .bool(false) && Self.negligible.contains(name))
    {
      guard name == Self.causalMask else {
        throw Unfit("its call has \(name)=\(value.words)", "Call it without.")
      }
      settings[name] = value
    }
  }

  private static func tensor(_ value: KerasValue) -> Tensor? {
    if value["class_name"]?.text == "__keras_tensor__" {
      return value["config"]?["keras_history"].flatMap(Tensor.init)
    }
    return Tensor(value)
  }
}

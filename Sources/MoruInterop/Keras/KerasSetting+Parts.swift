import Foundation
import MoruArchive
import MoruLayers

// Settings that are parts with settings of their own: functions, initializers, regularizers and
// constraints.

extension KerasSetting {
  /// A function that a layer ends in.
  static func activation(_ key: String = "activation", as name: String? = nil) -> KerasSetting {
    let name = name ?? key.inCamelCase
    return KerasSetting(
      key: key, names: [name],
      read: { value, dialect throws(Unfit) in
        [name: .text(try function(value, dialect).rawValue)]
      },
      write: { ours, dialect throws(Unfit) in
        let function = ours[name]?.text.flatMap(ActivationFunction.init) ?? .linear
        return .text(try word(function, dialect))
      })
  }

  private static let hardSigmoidTwo = "hard_sigmoid"

  private static func function(
    _ value: KerasValue, _ dialect: KerasDialect
  ) throws(Unfit) -> ActivationFunction {
    guard let name = value.known else { return .linear }
    guard let word = name.text ?? (name["config"]?.text) else {
      throw Unfit(
        "it is the layer \(name["class_name"]?.text ?? name.words)",
        "Make it a layer of its own behind this one.")
    }
    // Before version 3 Keras's function was steeper.
    if word == hardSigmoidTwo, dialect == .two { return .steepHardSigmoid }
    let aliases = ["swish": ActivationFunction.silu, "hard_swish": .hardSilu]
    guard let function = aliases[word] ?? ActivationFunction(rawValue: word.inCamelCase) else {
      throw Unfit("there is no function \(word)", "Use a function that Keras has itself.")
    }
    return function
  }

  private static func word(
    _ function: ActivationFunction, _ dialect: KerasDialect
  ) throws(Unfit) -> String {
    switch (function, dialect) {
    case (.steepHardSigmoid, .two): return hardSigmoidTwo
    case (.steepHardSigmoid, .three):
      throw Unfit("Keras 3 has not \(function.rawValue)", "Export to .h5 instead.")
    case (.hardSigmoid, .two):
      throw Unfit("Keras 2 has not \(function.rawValue)", "Export to .keras instead.")
    case (.silu, .two): return "swish"
    default: return function.rawValue.inSnakeCase
    }
  }

  /// How a weight starts, what it adds to the loss, and what it is held to.
  static func weight(_ name: String) -> [KerasSetting] {
    [
      initializer("\(name)_initializer"), part("\(name)_regularizer", "keras.regularizers"),
      part("\(name)_constraint", "keras.constraints", constraintNames),
    ]
  }

  /// What a layer's outputs add to the loss.
  static let activityRegularizer = part("activity_regularizer", "keras.regularizers")

  /// How a weight starts. That is over when a model comes from a file: an initializer that Moru has
  /// not is left out.
  static func initializer(_ key: String) -> KerasSetting {
    let name = key.inCamelCase
    return KerasSetting(
      key: key, names: [name],
      read: { value, _ in
        guard let part = ours(value, [:], aliases: [:]), let json = try? part.json(),
          (try? JSONDecoder().decode(InitializerBox.self, from: json)) != nil
        else { return [:] }
        return [name: part]
      },
      write: { ours, dialect in
        guard let part = ours[name]?.known else { return nil }
        // An LSTM's open forget gate is another setting in Keras.
        return keras(part["others"] ?? part, [:], aliases: [:], "keras.initializers", dialect)
      })
  }

  /// A regularizer or constraint.
  private static func part(
    _ key: String, _ module: String, _ names: [String: String] = [:]
  ) -> KerasSetting {
    let name = key.inCamelCase
    return KerasSetting(
      key: key, names: [name],
      read: { value, _ throws(Unfit) in
        guard value != .null else { return [:] }
        guard let part = ours(value, names, aliases: partAliases),
          let kind = part["kind"]?.text, partKinds.contains(kind)
        else {
          throw Unfit(
            "it is \(value["class_name"]?.text ?? value.words)",
            "Use one that Keras has itself.")
        }
        return [name: part]
      },
      write: { ours, dialect in
        ours[name]?.known.map { keras($0, names, aliases: partAliases, module, dialect) } ?? .null
      })
  }

  private static let constraintNames = ["axis": "axes"]
  private static let partAliases = ["OrthogonalRegularizer": "orthogonal"]
  private static let partKinds =
    regularizerCatalog.map { type(of: $0).kind } + constraintCatalog.map { type(of: $0).kind }
  /// What Keras says besides and ours has no need of.
  private static let unneeded = ["seed", "dtype", "input_axes", "output_axes"]
  private static let words = [
    "stddev": "standardDeviation", "minval": "low", "maxval": "high",
  ]

  /// Our description of a part: `{"class_name": "MaxNorm", "config": {"axis": 0}}` →
  /// `{"kind": "maxNorm", "axes": [0]}`.
  private static func ours(
    _ value: KerasValue, _ names: [String: String], aliases: [String: String]
  ) -> KerasValue? {
    guard let className = value["class_name"]?.text ?? value.text else { return nil }
    var part: [String: KerasValue] = [
      "kind": .text(aliases[className] ?? className.inCamelCase.startingSmall)
    ]
    for (key, setting) in value["config"]?.object ?? [:]
    where setting != .null && !unneeded.contains(key) {
      let name = names[key] ?? words[key] ?? key.inCamelCase
      // Before version 3 a normal distribution was cut as a truncated one is.
      let word = setting.text.map { $0 == "normal" ? "truncatedNormal" : $0.inCamelCase }
      part[name] = name == "axes" ? .list(setting.asList) : word.map { .text($0) } ?? setting
    }
    return .object(part)
  }

  /// Keras's description of a part of ours.
  private static func keras(
    _ value: KerasValue, _ names: [String: String], aliases: [String: String], _ module: String,
    _ dialect: KerasDialect
  ) -> KerasValue {
    let kind = value["kind"]?.text ?? value.text ?? ""
    let className =
      aliases.first { $0.value == kind }?.key ?? (kind == "l1l2" ? "L1L2" : kind.startingLarge)
    var config: [String: KerasValue] = [:]
    for (name, setting) in value.object ?? [:] where name != "kind" && setting != .null {
      let key =
        (names.first { $0.value == name } ?? words.first { $0.value == name })?.key
        ?? name.inSnakeCase
      let single = name == "axes" && setting.list?.count == 1 ? setting.list?.first : nil
      config[key] = single ?? setting.text.map { .text($0.inSnakeCase) } ?? setting
    }
    var part: [String: KerasValue] = ["class_name": .text(className), "config": .object(config)]
    if dialect == .three {
      part["module"] = .text(module)
      part["registered_name"] = .null
    }
    return .object(part)
  }
}

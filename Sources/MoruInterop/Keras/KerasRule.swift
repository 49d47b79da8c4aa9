/// How one kind of Keras's layers becomes one of ours, and back.
struct KerasRule: Sendable {
  /// Keras's name of the kind.
  let className: String
  /// Ours.
  let kind: String
  /// The settings, each in its own way.
  let settings: [KerasSetting]
  /// The weights that such a layer may have itself, in the order in which Keras has them.
  let weights: [KerasWeight]
  /// The layers in it, by the setting that holds them.
  let inner: [KerasInner]
  /// How Keras calls it.
  let calling: Calling
  /// Whether Keras 3 alone can be given it.
  let isNew: Bool
  /// Whether a setting names an axis that must be the last one: `axis`.
  let lastAxis: String?

  /// How Keras calls a layer on several outputs.
  enum Calling: Sendable {
    /// On one; further ones are initial states.
    case plain
    /// On a list.
    case list
    /// On one after the other.
    case arguments
  }

  init(
    _ className: String, kind: String? = nil, _ settings: [KerasSetting] = [],
    weights: [KerasWeight] = [], inner: [KerasInner] = [], lastAxis: String? = nil,
    calling: Calling = .plain, isNew: Bool = false
  ) {
    self.className = className
    self.kind = kind ?? className
    self.settings = settings
    self.weights = weights
    self.inner = inner
    self.lastAxis = lastAxis
    self.calling = calling
    self.isNew = isNew
  }

  /// Every rule, of one family of layers after the other.
  static let all: [KerasRule] =
    coreRules + activationRules + convolutionRules + poolingRules + shapingRules
    + normalizationRules + recurrentRules + attentionRules + mergingRules + preprocessingRules

  static let byClassName = Dictionary(uniqueKeysWithValues: all.map { ($0.className, $0) })
  static let byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
}

/// A weight of a layer.
struct KerasWeight: Sendable, ExpressibleByStringLiteral {
  /// Ours, and Keras's too: `kernel`.
  let name: String
  /// Where Keras 3 keeps it below the layer: `cell`; the layer itself if empty.
  let node: String
  /// Whether gradients change it.
  let isTrainable: Bool

  init(_ name: String, node: String = "", isTrainable: Bool = true) {
    self.name = name
    self.node = node
    self.isTrainable = isTrainable
  }

  init(stringLiteral name: String) { self.init(name) }

  /// Weights that gradients do not change.
  static func states(_ names: String...) -> [KerasWeight] {
    names.map { KerasWeight($0, isTrainable: false) }
  }

  /// The weights of a recurrent cell.
  static func cell(node: String) -> [KerasWeight] {
    ["kernel", "recurrent_kernel", "bias"].map { KerasWeight($0, node: node) }
  }
}

/// A layer, or a list of such, in another layer.
struct KerasInner: Sendable {
  /// The setting, Keras's and in camel case ours: `backward_layer`.
  let key: String
  /// Where Keras 3 keeps it below the outer one.
  let node: String
  /// What ours puts before its name.
  let prefix: String
  /// Settings of the inner layer that mean nothing inside the outer one.
  let ignored: [String]

  init(_ key: String, node: String? = nil, prefix: String = "", ignored: [String] = []) {
    self.key = key
    self.node = node ?? key
    self.prefix = prefix
    self.ignored = ignored
  }
}

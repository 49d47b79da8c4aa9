import MoruArchive
import MoruGraph
import MoruTensors

/// How one weight of a layer starts, what it adds to the loss, and what it is held to.
///
/// Layers have one for each of their weights. In files its parts stand among the layer's own settings
/// under Keras's names: `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`.
public struct WeightSettings: Sendable {
  /// How the weight starts.
  public var initializer: any Initializer
  /// What it adds to the loss.
  public var regularizer: (any Regularizer)?
  /// What it is held to after each update.
  public var constraint: (any Constraint)?

  /// Settings of one weight.
  public init(
    _ initializer: any Initializer, _ regularizer: (any Regularizer)? = nil,
    _ constraint: (any Constraint)? = nil
  ) {
    self.initializer = initializer
    self.regularizer = regularizer
    self.constraint = constraint
  }

  /// The keys of some weights in files.
  static func keys(_ weights: String...) -> [String] {
    weights.flatMap { weight in Part.allCases.map { $0.key(weight).stringValue } }
  }

  /// Reads the settings of one weight from those of its layer.
  init(_ decoder: any Decoder, _ weight: String, default standard: any Initializer) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    func part<T: Decodable>(_ part: Part) throws -> T? {
      try container.decodeIfPresent(T.self, forKey: part.key(weight))
    }
    let box: InitializerBox? = try part(.initializer)
    initializer = box?.initializer ?? standard
    regularizer = (try part(.regularizer) as RegularizerBox?)?.regularizer
    constraint = (try part(.constraint) as ConstraintBox?)?.constraint
  }

  /// Writes the settings among those of the layer.
  func encode(to encoder: any Encoder, as weight: String) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(InitializerBox(initializer), forKey: Part.initializer.key(weight))
    try container.encodeIfPresent(
      regularizer.map(RegularizerBox.init), forKey: Part.regularizer.key(weight))
    try container.encodeIfPresent(
      constraint.map(ConstraintBox.init), forKey: Part.constraint.key(weight))
  }

  private enum Part: String, CaseIterable {
    case initializer = "Initializer"
    case regularizer = "Regularizer"
    case constraint = "Constraint"

    func key(_ weight: String) -> AnyKey { AnyKey(stringValue: weight + rawValue) }
  }
}

extension Fields {
  /// An initializer that may be left out.
  func initializer(
    _ key: Key, default standard: any Initializer
  ) throws -> any Initializer {
    try value(key, default: InitializerBox(standard)).initializer
  }

  /// A regularizer that may be left out.
  func regularizer(_ key: Key) throws -> (any Regularizer)? {
    let box: RegularizerBox? = try optional(key)
    return box?.regularizer
  }
}

extension KeyedEncodingContainer {
  /// Writes a regularizer, if there is one.
  mutating func encodeIfPresent(_ regularizer: (any Regularizer)?, forKey key: Key) throws {
    try encodeIfPresent(regularizer.map(RegularizerBox.init), forKey: key)
  }
}

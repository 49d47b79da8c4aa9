import MoruArchive
public import MoruGraph

/// Layers one after another.
///
/// ```swift
/// let model = Sequential {
///   Dense(512, activation: .relu)
///   Dense(10, activation: .softmax)
/// }
/// ```
public struct Sequential: UnaryLayer {
  public static let kind = "Sequential"
  public var identity: Identity
  public let name: String?
  /// The layers, first to last.
  public let layers: [any Layer]

  /// Layers one after another.
  public init(name: String? = nil, @LayerBuilder _ layers: () -> [any Layer]) {
    self.init(layers(), name: name)
  }

  /// Layers one after another.
  public init(_ layers: [any Layer], name: String? = nil) {
    self.layers = layers
    self.name = name
    identity = Identity()
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    layers.reduce(x) { value, layer in layer(value, in: scope) }
  }

  /// The same layer, identity included, with others in it.
  func mapping(_ change: (any Layer) -> any Layer) -> Sequential {
    var copy = Sequential(layers.map(change), name: name)
    copy.identity = identity
    return copy
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case id, name, layers }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.id, default: Identity())
    name = try fields.optional(.name)
    let boxes: [LayerBox] = try fields.required(.layers)
    layers = boxes.map(\.layer)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .id)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(layers.map(LayerBox.init), forKey: .layers)
  }
}

/// Collects the layers of a `Sequential`; `if` and `for` work inside.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}

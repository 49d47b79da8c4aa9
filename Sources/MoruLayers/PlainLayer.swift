import MoruArchive

/// A layer that has no settings but its name: it need say nothing about how it is coded.
public protocol PlainLayer: Layer {
  /// The layer.
  init(name: String?)
}

private enum PlainKeys: String, CodingKey, CaseIterable {
  case identity = "id"
  case name
}

extension PlainLayer {
  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, PlainKeys.self, part: Self.kind)
    self.init(name: try fields.optional(.name))
    identity = try fields.value(.identity, default: Identity())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: PlainKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
  }
}

/// A configuration that files name by its kind, such as a loss, a metric or an optimizer.
public protocol NamedPart: Codable, Sendable {
  /// The name in files and messages: `meanSquaredError`.
  static var kind: String { get }
}

/// A named part without settings: all of its values are alike.
public protocol PlainPart: NamedPart {
  /// The part.
  init()
}

extension PlainPart {
  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
    self.init()
  }
}

extension Decoder {
  /// One part of a catalog: a name, which stands for the catalog's own value, or an object with
  /// `kind` and its settings.
  ///
  /// - Parameter noun: What the parts are, for messages: `loss`.
  /// - Parameter catalog: Every part that files may name, with its standard settings.
  /// - Throws: `ConfigurationError.unknown` with the nearest known name, and what the part throws.
  public func part<Part>(_ noun: String, among catalog: [Part]) throws -> Part {
    let (kind, hasSettings) = try kind()
    let parts = catalog.compactMap { $0 as? any NamedPart }
    let standard = parts.first { type(of: $0).kind == kind }
    let part = hasSettings ? try standard.map { try type(of: $0).init(from: self) } : standard
    guard let part = part as? Part else {
      throw PlacedError(
        ConfigurationError.unknown(kind, of: noun, among: parts.map { type(of: $0).kind }),
        at: codingPath + (hasSettings ? [kindKey] : []))
    }
    return part
  }
}

extension Encoder {
  /// Writes a part with its kind beside its settings.
  public func encode(part: any NamedPart) throws {
    var container = container(keyedBy: AnyKey.self)
    try container.encode(type(of: part).kind, forKey: kindKey)
    try part.encode(to: self)
  }
}

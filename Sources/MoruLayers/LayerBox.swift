import Foundation
import MoruArchive

/// Codes a layer of any kind with its kind beside its settings, by the catalog that the coder
/// carries; a layer that needs no settings may be written as its kind alone.
public struct LayerBox: Codable, Sendable {
  /// The layer.
  public let layer: any Layer

  /// Boxes a layer for coding.
  public init(_ layer: any Layer) { self.layer = layer }

  public init(from decoder: any Decoder) throws {
    let (kind, hasSettings) = try decoder.kind()
    let catalog = LayerCatalog.find(in: decoder.userInfo)
    guard let type = catalog.kinds[kind] else {
      throw PlacedError(
        ConfigurationError.unknown(kind, of: "layer", among: catalog.kinds.keys.sorted()),
        at: decoder.codingPath + (hasSettings ? [kindKey] : []))
    }
    layer = hasSettings ? try type.init(from: decoder) : try Self.standard(type, for: decoder)
  }

  /// The layer that a bare word such as `Flatten` stands for: one without settings.
  private static func standard<L: Layer>(_ type: L.Type, for decoder: any Decoder) throws -> L {
    do {
      return try JSONDecoder().decode(type, from: Data("{}".utf8))
    } catch {
      throw PlacedError(error, at: decoder.codingPath)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(type(of: layer).kind, forKey: kindKey)
    try layer.encode(to: encoder)
  }
}

/// The layers that files may name, by kind.
public struct LayerCatalog: Sendable {
  /// Every layer type by its kind.
  public let kinds: [String: any Layer.Type]

  /// A catalog of some layer types.
  public init(_ types: [any Layer.Type]) {
    kinds = Dictionary(types.map { ($0.kind, $0) }) { first, _ in first }
  }

  /// This catalog and more layers: your own, say.
  public func adding(_ types: [any Layer.Type]) -> LayerCatalog {
    LayerCatalog(types + Array(kinds.values))
  }

  private static let key = CodingUserInfoKey(rawValue: "moru.layers")

  static func find(in userInfo: [CodingUserInfoKey: Any]) -> LayerCatalog {
    key.flatMap { userInfo[$0] as? LayerCatalog } ?? .standard
  }

  /// What a coder must carry to code layers: this catalog and a table of identities, which tells
  /// shared layers apart within one file. Ask anew for every file.
  public var userInfo: [CodingUserInfoKey: any Sendable] {
    var info: [CodingUserInfoKey: any Sendable] = [:]
    if let key = Self.key { info[key] = self }
    if let key = IdentityTable.key { info[key] = IdentityTable() }
    return info
  }
}

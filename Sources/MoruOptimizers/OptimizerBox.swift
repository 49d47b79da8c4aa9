import MoruArchive

/// Codes an optimizer of any kind: a name, or an object with `kind` and its settings.
public struct OptimizerBox: Codable, Sendable {
  /// The optimizer.
  public let optimizer: any Optimizer

  /// Boxes an optimizer for coding.
  public init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  public init(from decoder: any Decoder) throws {
    let (kind, hasSettings) = try decoder.kind()
    guard let standard = optimizerCatalog.first(where: { type(of: $0).kind == kind }) else {
      let known = optimizerCatalog.map { type(of: $0).kind }
      throw PlacedError(
        ConfigurationError.unknown(kind, of: "optimizer", among: known),
        at: decoder.codingPath + (hasSettings ? [kindKey] : []))
    }
    optimizer = hasSettings ? try type(of: standard).init(from: decoder) : standard
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(type(of: optimizer).kind, forKey: kindKey)
    try optimizer.encode(to: encoder)
  }
}

import MoruArchive

/// Codes a loss of any kind: a name, or an object with `kind` and its settings.
public struct LossBox: Codable, Sendable {
  /// The loss.
  public let loss: any Loss

  /// Boxes a loss for coding.
  public init(_ loss: any Loss) { self.loss = loss }

  public init(from decoder: any Decoder) throws {
    let (kind, hasSettings) = try decoder.kind()
    guard let standard = lossCatalog.first(where: { type(of: $0).kind == kind }) else {
      let known = lossCatalog.map { type(of: $0).kind }
      throw PlacedError(
        ConfigurationError.unknown(kind, of: "loss", among: known),
        at: decoder.codingPath + (hasSettings ? [kindKey] : []))
    }
    loss = hasSettings ? try type(of: standard).init(from: decoder) : standard
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(type(of: loss).kind, forKey: kindKey)
    try loss.encode(to: encoder)
  }
}

import MoruArchive

/// Codes a loss of any kind: a name, or an object with `kind` and its settings.
public struct LossBox: Codable, Sendable {
  /// The loss.
  public let loss: any Loss

  /// Boxes a loss for coding.
  public init(_ loss: any Loss) { self.loss = loss }

  public init(from decoder: any Decoder) throws {
    loss = try decoder.part("loss", among: lossCatalog)
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: loss) }
}

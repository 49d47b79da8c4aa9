import MoruArchive

/// Codes an optimizer of any kind: a name, or an object with `kind` and its settings.
public struct OptimizerBox: Codable, Sendable {
  /// The optimizer.
  public let optimizer: any Optimizer

  /// Boxes an optimizer for coding.
  public init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  public init(from decoder: any Decoder) throws {
    optimizer = try decoder.part("optimizer", among: optimizerCatalog)
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: optimizer) }
}

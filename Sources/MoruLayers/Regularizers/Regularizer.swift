public import MoruArchive
public import MoruGraph

/// What a weight, or the output of a layer, adds to the loss.
public protocol Regularizer: NamedPart {
  /// The penalty of a weight, a scalar.
  ///
  /// A regularizer that is given a weight it is not defined for returns `Tensor.failure`.
  func penalty(_ weight: Tensor) -> Tensor
}

/// Codes a regularizer of any kind: a name, an object with `kind` and its settings, or just `{l1, l2}`.
public struct RegularizerBox: Codable, Sendable {
  /// The regularizer.
  public let regularizer: any Regularizer

  /// Boxes a regularizer for coding.
  public init(_ regularizer: any Regularizer) { self.regularizer = regularizer }

  public init(from decoder: any Decoder) throws {
    let keys = try? decoder.container(keyedBy: AnyKey.self)
    if let keys, !keys.contains(kindKey) {
      regularizer = try L1L2(from: decoder)
    } else {
      regularizer = try decoder.part("regularizer", among: regularizerCatalog)
    }
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: regularizer) }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Attention whose scores are `Σ scale · tanh(query + key)`; inputs as of `Attention`.
///
/// - Shapes: query `[batch, time, features]`, value `[batch, steps, valueFeatures]`, key `[batch,
///   steps, features]` → `[batch, time, valueFeatures]`; weight `scale` `[features]`.
/// - Source: Bahdanau, Cho, Bengio 2014, arXiv:1409.0473.
public struct AdditiveAttention: MergingLayer {
  public static let kind = "AdditiveAttention"
  public var identity = Identity()
  public let name: String?
  /// Whether features are weighted by trained numbers.
  public let useScale: Bool
  /// Probability that a share is dropped in training, at least 0 and below 1.
  public let dropout: Double
  /// Whether each time step sees only itself and earlier ones.
  public let useCausalMask: Bool

  /// Attention by the sum of query and key.
  public init(
    useScale: Bool = true, dropout: Double = 0, useCausalMask: Bool = false, name: String? = nil
  ) {
    self.useScale = useScale
    self.dropout = dropout
    self.useCausalMask = useCausalMask
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    if let mismatch = attentionMismatch(inputs, least: 2) {
      return .failure(Self.kind, inputs, mismatch)
    }
    guard (0..<1).contains(dropout) else {
      return .failure(
        Self.kind, inputs,
        Mismatch("its dropout is \(dropout)", "Choose a rate of at least 0, below 1."))
    }
    let (query, value) = (inputs[0].floating(), inputs[1].floating())
    let key = inputs.count > 2 ? inputs[2].floating() : value
    var signal = tanh(query.expanded(at: 2) + key.expanded(at: 1))
    if useScale {
      signal *= scope.parameter("scale", [query.shape[2]], initializer: .glorotUniform)
    }
    return attended(
      signal.sum(axes: [3]), value, inputs, dropout, useCausalMask, in: scope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, useScale, dropout, useCausalMask
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    useScale = try fields.value(.useScale, default: true)
    dropout = try fields.rate(.dropout)
    useCausalMask = try fields.value(.useCausalMask, default: false)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Attention without weights of its own: `softmax(scores(query, key)) · value`.
///
/// Called on query and value, which is the key too, or on query, value and key; a fourth input,
/// Boolean `[batch, time, steps]`, says which steps each query sees. Scores are `q · k`, or with
/// `concat` `w · Σ tanh(q + k)`. Steps that the value's mask hides are seen by none.
///
/// - Shapes: query `[batch, time, features]`, value `[batch, steps, valueFeatures]`, key `[batch,
///   steps, features]` → `[batch, time, valueFeatures]`; weights `scale` and `concat_score_weight` are
///   numbers.
/// - Source: Luong, Pham, Manning 2015, arXiv:1508.04025.
public struct Attention: MergingLayer {
  public static let kind = "Attention"
  public var identity = Identity()
  public let name: String?
  /// Whether scores are multiplied by a trained number.
  public let useScale: Bool
  /// How query and key make a score.
  public let scoreMode: ScoreMode
  /// Probability that a share is dropped in training, at least 0 and below 1.
  public let dropout: Double
  /// Whether each time step sees only itself and earlier ones.
  public let useCausalMask: Bool

  /// Attention by the product of query and key.
  public init(
    useScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Double = 0,
    useCausalMask: Bool = false, name: String? = nil
  ) {
    self.useScale = useScale
    self.scoreMode = scoreMode
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
    let scale = useScale ? scope.parameter("scale", [], initializer: .ones) : nil
    let scores =
      switch scoreMode {
      case .dot: dotScores(query, key, scale)
      case .concat: concatScores(query, key, scale, in: scope)
      }
    return attended(scores, value, inputs, dropout, useCausalMask, in: scope)
  }

  /// How query and key make a score.
  public enum ScoreMode: String, Codable, Sendable, CaseIterable {
    /// Their product.
    case dot
    /// The sum of hyperbolic tangents of their sum.
    case concat
  }

  private func dotScores(_ query: Tensor, _ key: Tensor, _ scale: Tensor?) -> Tensor {
    let scores = matmul(query, key.transposed([0, 2, 1]))
    return scale.map { scores * $0 } ?? scores
  }

  private func concatScores(
    _ query: Tensor, _ key: Tensor, _ scale: Tensor?, in scope: Scope
  ) -> Tensor {
    let sum = query.expanded(at: 2) + key.expanded(at: 1)
    let weight = scope.parameter("concat_score_weight", [], initializer: .ones)
    return weight * tanh(scale.map { $0 * sum } ?? sum).sum(axes: [3])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, useScale, scoreMode, dropout, useCausalMask
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    useScale = try fields.value(.useScale, default: false)
    scoreMode = try fields.value(.scoreMode, default: .dot)
    dropout = try fields.rate(.dropout)
    useCausalMask = try fields.value(.useCausalMask, default: false)
  }
}

/// The mean of the values by scores `[batch, time, steps]`; queries that a mask hides see nothing.
func attended(
  _ scores: Tensor, _ value: Tensor, _ inputs: [Tensor], _ dropout: Double, _ isCausal: Bool,
  in scope: Scope
) -> Tensor {
  let mask = AttentionMask(
    isCausal: isCausal, value: scope.mask(of: inputs[1]).map { [$0] } ?? [],
    given: inputs.count > 3 ? inputs[3] : nil)
  let shares = scope.dropped(softmax(mask.applied(to: scores)), dropout)
  let y = matmul(shares, value)
  guard let shown = scope.mask(of: inputs[0]), y.error == nil else { return y }
  let hidden = select(shown.expanded(at: 2), y, 0)
  scope.setMask(shown, of: hidden)
  return hidden
}

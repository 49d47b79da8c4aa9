import MoruArchive
public import MoruGraph
import MoruTensors

/// The input plus a trained vector for each time step.
///
/// - Shapes: `[batch, time, features] → [batch, time, features]`; weight `embeddings`
///   `[sequenceLength, features]`.
/// - Source: Gehring et al. 2017, arXiv:1705.03122, section 3.1.
public struct PositionEmbedding: UnaryLayer {
  public static let kind = "PositionEmbedding"
  public var identity = Identity()
  public let name: String?
  /// The greatest number of time steps.
  public let sequenceLength: Int
  /// How the vectors start, what they add to the loss, and what they are held to.
  public let embeddings: WeightSettings

  /// A vector for each of up to `sequenceLength` steps.
  public init(
    _ sequenceLength: Int, embeddingsInitializer: any Initializer = .glorotUniform,
    embeddingsRegularizer: (any Regularizer)? = nil, embeddingsConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.sequenceLength = sequenceLength
    embeddings = WeightSettings(embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint)
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size1D.refusedRank(Self.kind, x) { return failed }
    guard (x.shape[1]...max(x.shape[1], sizeLimit)).contains(sequenceLength) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "it has vectors for \(sequenceLength) steps, not for \(x.shape[1])",
          "Choose the greatest number of steps."))
    }
    let table = scope.parameter(
      "embeddings", [sequenceLength, x.shape[2]], embeddings)
    return x.floating() + table.sliced(0..<x.shape[1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, sequenceLength
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("embeddings"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    sequenceLength = try fields.positive(.sequenceLength)
    embeddings = try WeightSettings(decoder, "embeddings", default: .glorotUniform)
  }

  public func encode(to encoder: any Encoder) throws {
    try embeddings.encode(to: encoder, as: "embeddings")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(sequenceLength, forKey: .sequenceLength)
  }
}

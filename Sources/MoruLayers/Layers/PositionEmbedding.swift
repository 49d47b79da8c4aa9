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
  /// How the vectors start.
  public let embeddingsInitializer: Initializer

  /// A vector for each of up to `sequenceLength` steps.
  public init(
    _ sequenceLength: Int, embeddingsInitializer: Initializer = .glorotUniform, name: String? = nil
  ) {
    self.sequenceLength = sequenceLength
    self.embeddingsInitializer = embeddingsInitializer
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
      "embeddings", [sequenceLength, x.shape[2]], initializer: embeddingsInitializer)
    return x.floating() + table.sliced(0..<x.shape[1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, sequenceLength, embeddingsInitializer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    sequenceLength = try fields.positive(.sequenceLength)
    embeddingsInitializer = try fields.value(.embeddingsInitializer, default: .glorotUniform)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Category numbers as vectors of `numTokens` elements.
///
/// - Shapes: As the output mode says: `[batch, n] → [batch, numTokens]` for `multiHot`, which marks the
///   categories of a sample, and `count`, which counts them; `[batch, …] → [batch, …, numTokens]` for
///   `oneHot`, where a last axis of size 1 is left out. Numbers outside `0..<numTokens` are marked
///   nowhere.
public struct CategoryEncoding: UnaryLayer {
  public static let kind = "CategoryEncoding"
  public var identity = Identity()
  public let name: String?
  /// Number of categories, at least 1.
  public let numTokens: Int
  /// How a vector stands for the categories.
  public let outputMode: IndexEncoding

  /// Vectors of `numTokens` elements.
  public init(_ numTokens: Int, outputMode: IndexEncoding = .multiHot, name: String? = nil) {
    self.numTokens = numTokens
    self.outputMode = outputMode
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard (1...sizeLimit).contains(numTokens), x.rank >= 1 else {
      return .failure(
        Self.kind, [x], Mismatch("it has \(numTokens) tokens", "Choose at least one."))
    }
    return outputMode.encoded(x.converted(to: .int32), depth: numTokens)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, numTokens, outputMode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    numTokens = try fields.positive(.numTokens)
    outputMode = try fields.value(.outputMode, default: .multiHot)
  }
}

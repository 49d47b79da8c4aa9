import MoruArchive
public import MoruGraph
import MoruTensors

/// The product of its inputs, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`.
public struct Multiply: MergingLayer {
  public static let kind = "Multiply"
  public var identity = Identity()
  public let name: String?

  /// Multiplies its inputs.
  public init(name: String? = nil) { self.name = name }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { $0 * $1 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
  }
}

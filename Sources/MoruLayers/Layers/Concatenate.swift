import MoruArchive
public import MoruGraph

/// Its inputs one after another along one axis.
///
/// - Shapes: `[batch, …, a], [batch, …, b] → [batch, …, a + b]` for the last axis.
public struct Concatenate: MergingLayer {
  public static let kind = "Concatenate"
  public var identity = Identity()
  public let name: String?
  /// The axis along which sizes add up, the batch axis counted; −1 is the last.
  public let axis: Int

  /// Joins its inputs along `axis`.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    self.name = name
  }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    concatenate(inputs, axis: axis)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, axis
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    axis = try fields.value(.axis, default: -1)
  }
}

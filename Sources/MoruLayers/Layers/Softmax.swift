import MoruArchive
public import MoruGraph

/// `e^xᵢ / Σⱼ e^xⱼ` along one axis: probabilities.
///
/// - Shapes: `[batch, …] → [batch, …]`.
public struct Softmax: UnaryLayer {
  public static let kind = "Softmax"
  public var identity = Identity()
  public let name: String?
  /// The axis whose elements sum to 1, the batch axis counted; −1 is the last.
  public let axis: Int

  /// Probabilities along `axis`.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    softmax(x.floating(), axis: axis)
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

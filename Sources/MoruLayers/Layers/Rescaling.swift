import MoruArchive
public import MoruGraph

/// `x · scale + offset`, elementwise; whole numbers become Float32 first.
///
/// - Shapes: `[batch, …] → [batch, …]`.
public struct Rescaling: UnaryLayer {
  public static let kind = "Rescaling"
  public var identity = Identity()
  public let name: String?
  /// The factor: 1/255 brings bytes to [0, 1].
  public let scale: Double
  /// What is added.
  public let offset: Double

  /// Multiplies by `scale`, then adds `offset`.
  public init(_ scale: Double, offset: Double = 0, name: String? = nil) {
    self.scale = scale
    self.offset = offset
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let scaled = x.floating() * Tensor(scale)
    return offset == 0 ? scaled : scaled + Tensor(offset)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, scale, offset
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    scale = try fields.required(.scale)
    offset = try fields.value(.offset, default: 0)
  }
}

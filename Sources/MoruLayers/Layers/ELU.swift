import MoruArchive
public import MoruGraph

/// Exponential linear unit: `x` where positive, `α (eˣ − 1)` elsewhere, elementwise.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289.
public struct ELU: UnaryLayer {
  public static let kind = "ELU"
  public var identity = Identity()
  public let name: String?
  /// The bound for very negative numbers, with its sign turned.
  public let alpha: Double

  /// An exponential linear unit.
  public init(_ alpha: Double = 1, name: String? = nil) {
    self.alpha = alpha
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    elu(x.floating(), alpha: alpha)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, alpha
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    alpha = try fields.value(.alpha, default: 1)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// The input as it is; it adds `l1 · Σ|x| + l2 · Σx²`, divided by the batch size, to the loss.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Keras's rule.
public struct ActivityRegularization: UnaryLayer {
  public static let kind = "ActivityRegularization"
  public var identity = Identity()
  public let name: String?
  /// Factor of the sum of absolute values, at least 0.
  public let l1: Double
  /// Factor of the sum of squares, at least 0.
  public let l2: Double

  /// Penalizes large values.
  public init(l1: Double = 0, l2: Double = 0, name: String? = nil) {
    self.l1 = l1
    self.l2 = l2
    self.name = name
  }

  public var passesMask: Bool { true }

  public var activityRegularizer: (any Regularizer)? { .l1l2(l1, l2) }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard l1 >= 0, l2 >= 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its factors are \(l1) and \(l2)", "Choose factors of at least 0."))
    }
    return x.floating()
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, l1, l2
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    l1 = try fields.number(.l1, default: 0, in: 0...1e6)
    l2 = try fields.number(.l2, default: 0, in: 0...1e6)
  }
}

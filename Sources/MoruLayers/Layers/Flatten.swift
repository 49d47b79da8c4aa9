public import MoruGraph
import MoruTensors

/// All axes but the batch joined into one.
///
/// - Shapes: `[batch, …] → [batch, product of …]`.
public struct Flatten: UnaryLayer, PlainLayer {
  public static let kind = "Flatten"
  public var identity = Identity()
  public let name: String?

  /// Joins all axes but the batch.
  public init(name: String? = nil) { self.name = name }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let batch = x.shape.first else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no batch axis", "Pass [batch, …]."))
    }
    return x.reshaped(to: [batch, x.shape.dropFirst().reduce(1, *)])
  }
}

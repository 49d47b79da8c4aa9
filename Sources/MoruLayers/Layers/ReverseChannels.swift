public import MoruGraph
import MoruTensors

/// The last axis in opposite order: red, green, blue → blue, green, red.
///
/// - Shapes: `[batch, …, channels] → [batch, …, channels]`.
public struct ReverseChannels: UnaryLayer, PlainLayer {
  public static let kind = "ReverseChannels"
  public var identity = Identity()
  public let name: String?

  /// Reverses the last axis.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no channel axis", "Pass [batch, …, channels]."))
    }
    return x.reversed(axes: [-1])
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// In training turns about half of the pictures over; otherwise does nothing.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`.
public struct RandomFlip: UnaryLayer {
  public static let kind = "RandomFlip"
  public var identity = Identity()
  public let name: String?
  /// Which ways pictures are turned, each with probability ½.
  public let mode: FlipMode

  /// Turns pictures over.
  public init(_ mode: FlipMode = .horizontalAndVertical, name: String? = nil) {
    self.mode = mode
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard scope.isTraining else { return x.floating() }
    var y = x.floating()
    for axis in mode.axes {
      let draw = scope.uniform([x.shape[0], 1, 1, 1], 0, 1, dtype: y.dtype)
      y = select(draw .< 0.5, y, y.reversed(axes: [axis]))
    }
    return y
  }

  /// Which ways pictures are turned.
  public enum FlipMode: String, Codable, Sendable, CaseIterable {
    /// Left to right.
    case horizontal
    /// Upside down.
    case vertical
    /// Each of both.
    case horizontalAndVertical

    var axes: [Int] {
      switch self {
      case .horizontal: [2]
      case .vertical: [1]
      case .horizontalAndVertical: [1, 2]
      }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, mode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    mode = try fields.value(.mode, default: .horizontalAndVertical)
  }
}

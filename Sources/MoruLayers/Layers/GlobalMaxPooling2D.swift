import MoruArchive
public import MoruGraph
import MoruTensors

/// The greatest element of each channel over the whole picture.
///
/// - Shapes: `[batch, height, width, channels] → [batch, channels]`.
public struct GlobalMaxPooling2D: UnaryLayer {
  public static let kind = "GlobalMaxPooling2D"
  public var identity = Identity()
  public let name: String?

  /// Pooling over all of the picture.
  public init(name: String? = nil) { self.name = name }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its input has rank \(x.rank), not 4", "Pass [batch, height, width, channels]."))
    }
    return x.floating().max(axes: [1, 2])
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

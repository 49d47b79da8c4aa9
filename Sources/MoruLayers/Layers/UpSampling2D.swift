import MoruArchive
public import MoruGraph
import MoruTensors

/// Each element repeated `size` times along rows and columns: the nearest neighbour in a larger
/// picture.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height · size, width · size, channels]`.
public struct UpSampling2D: UnaryLayer {
  public static let kind = "UpSampling2D"
  public var identity = Identity()
  public let name: String?
  /// How often rows and columns are repeated.
  public let size: Size2D

  /// Repeats rows and columns.
  public init(_ size: Size2D = 2, name: String? = nil) {
    self.size = size
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, size.isUsable else {
      return .failure(
        Self.kind, [x],
        x.rank == 4
          ? Mismatch(
            "its size is not between 1 and \(Size2D.limit)", "Choose sizes of at least 1.")
          : Mismatch(
            "its input has rank \(x.rank), not 4", "Pass [batch, height, width, channels]."))
    }
    let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let repeated = x.reshaped(to: [batch, height, 1, width, 1, channels])
      .broadcast(to: [batch, height, size.height, width, size.width, channels])
    guard repeated.error == nil else { return repeated }
    return repeated.reshaped(
      to: [batch, height * size.height, width * size.width, channels])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, size
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    size = try fields.value(.size, default: 2)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Rows and columns of zeros around each picture.
///
/// - Shapes: `[batch, height, width, channels] → [batch, top + height + bottom, left + width +
///   right, channels]`.
public struct ZeroPadding2D: UnaryLayer {
  public static let kind = "ZeroPadding2D"
  public var identity = Identity()
  public let name: String?
  /// How many rows and columns.
  public let padding: Padding2D

  /// Surrounds pictures with zeros.
  public init(_ padding: Padding2D = 1, name: String? = nil) {
    self.padding = padding
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, padding.isUsable else {
      return .failure(
        Self.kind, [x],
        x.rank == 4
          ? Mismatch(
            "its padding is not between 0 and \(Size2D.limit)", "Choose numbers of at least 0.")
          : Mismatch(
            "its input has rank \(x.rank), not 4", "Pass [batch, height, width, channels]."))
    }
    return x.padded(
      low: [0, padding.top, padding.left, 0], high: [0, padding.bottom, padding.right, 0])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, padding
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    padding = try fields.value(.padding, default: 1)
  }
}

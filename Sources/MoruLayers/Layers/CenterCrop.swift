import MoruArchive
public import MoruGraph
import MoruTensors

/// The middle of each picture; pictures that are too small are enlarged first until they suffice.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public struct CenterCrop: UnaryLayer {
  public static let kind = "CenterCrop"
  public var identity = Identity()
  public let name: String?
  /// Rows of the output, at least 1.
  public let height: Int
  /// Columns of the output, at least 1.
  public let width: Int

  /// Keeps the middle `height` × `width`.
  public init(_ height: Int, _ width: Int, name: String? = nil) {
    self.height = height
    self.width = width
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard [height, width].allSatisfy((1...sizeLimit).contains), x.shape.elementCount > 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its size is \(height) × \(width), or a picture is empty", "Choose at least 1."))
    }
    return x.floating().centerCropped(height, width)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, height, width
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    height = try fields.positive(.height)
    width = try fields.positive(.width)
  }
}

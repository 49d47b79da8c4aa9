import MoruArchive
public import MoruGraph
import MoruTensors

/// Pictures drawn in another size.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public struct Resizing: UnaryLayer {
  public static let kind = "Resizing"
  public var identity = Identity()
  public let name: String?
  /// Rows of the output, at least 1.
  public let height: Int
  /// Columns of the output, at least 1.
  public let width: Int
  /// How values between elements are made.
  public let interpolation: Interpolation
  /// Whether pictures of other proportions lose their borders rather than be stretched.
  public let cropToAspectRatio: Bool

  /// Draws pictures `height` × `width` large.
  public init(
    _ height: Int, _ width: Int, interpolation: Interpolation = .bilinear,
    cropToAspectRatio: Bool = false, name: String? = nil
  ) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
    self.cropToAspectRatio = cropToAspectRatio
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = refusedPictures(Self.kind, x, height, width) { return failed }
    let whole = cropToAspectRatio ? x.croppedToAspect(height, width) : x
    return whole.floating().resized(axis: 1, to: height, interpolation)
      .resized(axis: 2, to: width, interpolation)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, height, width, interpolation, cropToAspectRatio
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    height = try fields.positive(.height)
    width = try fields.positive(.width)
    interpolation = try fields.value(.interpolation, default: .bilinear)
    cropToAspectRatio = try fields.value(.cropToAspectRatio, default: false)
  }
}

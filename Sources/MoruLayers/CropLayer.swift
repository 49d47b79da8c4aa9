import MoruArchive
public import MoruGraph
import MoruTensors

/// A part of each picture; pictures that are too small are enlarged first until they suffice. `Rule`
/// says which part.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public struct CropLayer<Rule: CropRule>: UnaryLayer {
  public static var kind: String { Rule.kind }
  public var identity = Identity()
  public let name: String?
  /// Rows of the output, at least 1.
  public let height: Int
  /// Columns of the output, at least 1.
  public let width: Int

  /// Keeps parts of `height` × `width`.
  public init(_ height: Int, _ width: Int, name: String? = nil) {
    self.height = height
    self.width = width
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = refusedPictures(Self.kind, x, height, width) { return failed }
    return Rule.cropped(x.floating(), height, width, in: scope)
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

/// Which part of a picture is kept.
public protocol CropRule: Sendable {
  /// The layer's name in files and messages.
  static var kind: String { get }
  /// Parts of floating pictures `[batch, any, any, channels]`, none of which is empty.
  static func cropped(_ x: Tensor, _ height: Int, _ width: Int, in scope: Scope) -> Tensor
}

/// A tensor that carries the error if `x` holds no pictures, or none can be made of this size.
func refusedPictures(_ kind: String, _ x: Tensor, _ height: Int, _ width: Int) -> Tensor? {
  if let failed = Size2D.refusedRank(kind, x) { return failed }
  guard [height, width].allSatisfy((1...sizeLimit).contains), x.shape.elementCount > 0 else {
    return .failure(
      kind, [x],
      Mismatch("its size is \(height) × \(width), or a picture is empty", "Choose at least 1."))
  }
  return nil
}

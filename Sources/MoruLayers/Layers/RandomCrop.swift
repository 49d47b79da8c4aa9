import MoruArchive
public import MoruGraph
import MoruTensors

/// In training a random part of each picture, otherwise its middle; pictures that are too small are
/// enlarged first until they suffice.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public struct RandomCrop: UnaryLayer {
  public static let kind = "RandomCrop"
  public var identity = Identity()
  public let name: String?
  /// Rows of the output, at least 1.
  public let height: Int
  /// Columns of the output, at least 1.
  public let width: Int

  /// Keeps random parts of `height` × `width`.
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
    let y = x.floating().enlarged(height, width)
    guard scope.isTraining else { return y.centerCropped(height, width) }
    let (high, wide) = (y.shape[1] - height, y.shape[2] - width)
    let top = floor(scope.uniform([x.shape[0], 1, 1], 0, Double(high + 1), dtype: y.dtype))
    let left = floor(scope.uniform([x.shape[0], 1, 1], 0, Double(wide + 1), dtype: y.dtype))
    let rows =
      Tensor.iota([1, height, 1], axis: 1, dtype: y.dtype) + minimum(top, Tensor(Double(high)))
    let columns =
      Tensor.iota([1, 1, width], axis: 2, dtype: y.dtype) + minimum(left, Tensor(Double(wide)))
    return y.picked(rows.converted(to: .int32), columns.converted(to: .int32))
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

import MoruArchive
public import MoruGraph
import MoruTensors

/// The greatest element of each window.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, channels]`; with
///   `valid` padding `out = ⌊(size − pool) / stride⌋ + 1`, with `same` `⌈size / stride⌉`.
public struct MaxPooling2D: UnaryLayer {
  public static let kind = "MaxPooling2D"
  public var identity = Identity()
  public let name: String?
  /// Size of the window.
  public let poolSize: Size2D
  /// Step between windows; the window's size if nil.
  public let strides: Size2D?
  /// How windows meet the border.
  public let padding: PaddingMode

  /// Pooling over windows of `poolSize`.
  public init(
    _ poolSize: Size2D = 2, strides: Size2D? = nil, padding: PaddingMode = .valid,
    name: String? = nil
  ) {
    self.poolSize = poolSize
    self.strides = strides
    self.padding = padding
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = refusedPooling(Self.kind, x, poolSize, strides) { return failed }
    return maxPool(
      x.floating(), sizes: poolSize.list, strides: (strides ?? poolSize).list, padding: padding)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, poolSize, strides, padding
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    poolSize = try fields.value(.poolSize, default: 2)
    strides = try fields.optional(.strides)
    padding = try fields.value(.padding, default: .valid)
  }
}

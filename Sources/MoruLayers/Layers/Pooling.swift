import MoruArchive
public import MoruGraph
import MoruTensors

/// The greatest element of each window of sequences. `[batch, time, features] → [batch, outTime,
/// features]`; see `PoolingLayer`.
public typealias MaxPooling1D = PoolingLayer<Size1D, MaxRule>

/// The greatest element of each window of pictures. `[batch, height, width, channels] → [batch,
/// outHeight, outWidth, channels]`; see `PoolingLayer`.
public typealias MaxPooling2D = PoolingLayer<Size2D, MaxRule>

/// The greatest element of each window of volumes. `[batch, depth, height, width, channels] →
/// [batch, outDepth, outHeight, outWidth, channels]`; see `PoolingLayer`.
public typealias MaxPooling3D = PoolingLayer<Size3D, MaxRule>

/// The mean of each window of sequences. `[batch, time, features] → [batch, outTime, features]`; see
/// `PoolingLayer`.
public typealias AveragePooling1D = PoolingLayer<Size1D, AverageRule>

/// The mean of each window of pictures. `[batch, height, width, channels] → [batch, outHeight,
/// outWidth, channels]`; see `PoolingLayer`.
public typealias AveragePooling2D = PoolingLayer<Size2D, AverageRule>

/// The mean of each window of volumes. `[batch, depth, height, width, channels] → [batch, outDepth,
/// outHeight, outWidth, channels]`; see `PoolingLayer`.
public typealias AveragePooling3D = PoolingLayer<Size3D, AverageRule>

/// One element for each window: the greatest, or the mean, where padding is not counted.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, channels]`; with `valid` padding `out =
///   ⌊(size − pool) / stride⌋ + 1`, with `same` `⌈size / stride⌉`.
public struct PoolingLayer<Size: SpatialSize, Rule: PoolingRule>: UnaryLayer {
  public static var kind: String { "\(Rule.word)Pooling\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Size of the window.
  public let poolSize: Size
  /// Step between windows; the window's size if nil.
  public let strides: Size?
  /// How windows meet the border.
  public let padding: PaddingMode

  /// Pooling over windows of `poolSize`.
  public init(
    _ poolSize: Size = 2, strides: Size? = nil, padding: PaddingMode = .valid, name: String? = nil
  ) {
    self.poolSize = poolSize
    self.strides = strides
    self.padding = padding
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    guard poolSize.isUsable, strides?.isUsable ?? true else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its window or strides are not between 1 and \(sizeLimit)", "Choose sizes of at least 1."
        ))
    }
    return Rule.pooled(
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

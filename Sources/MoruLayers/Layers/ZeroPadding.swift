import MoruArchive
public import MoruGraph
import MoruTensors

/// Steps of zeros before and after each sequence. `[batch, time, features] → [batch, before + time +
/// after, features]`; see `ZeroPaddingLayer`.
public typealias ZeroPadding1D = ZeroPaddingLayer<Size1D>

/// Rows and columns of zeros around each picture. `[batch, height, width, channels] → [batch, top +
/// height + bottom, left + width + right, channels]`; see `ZeroPaddingLayer`.
public typealias ZeroPadding2D = ZeroPaddingLayer<Size2D>

/// Zeros around each volume. `[batch, depth, height, width, channels] → [batch, …, channels]`; see
/// `ZeroPaddingLayer`.
public typealias ZeroPadding3D = ZeroPaddingLayer<Size3D>

/// Zeros before and after, along each spatial axis.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, channels]`, `out = before + size + after`.
public struct ZeroPaddingLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "ZeroPadding\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// How many zeros.
  public let padding: Margins<Size>

  /// Surrounds the input with zeros.
  public init(_ padding: Margins<Size> = 1, name: String? = nil) {
    self.padding = padding
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    guard padding.isUsable else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its padding is not between 0 and \(sizeLimit)", "Choose numbers of at least 0."))
    }
    return x.padded(low: [0] + padding.before + [0], high: [0] + padding.after + [0])
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

import MoruArchive
public import MoruGraph

/// The greatest element of each feature over all steps. `[batch, time, features] → [batch,
/// features]`; see `GlobalPoolingLayer`.
public typealias GlobalMaxPooling1D = GlobalPoolingLayer<Size1D, MaxRule>

/// The greatest element of each channel over the picture. `[batch, height, width, channels] →
/// [batch, channels]`; see `GlobalPoolingLayer`.
public typealias GlobalMaxPooling2D = GlobalPoolingLayer<Size2D, MaxRule>

/// The greatest element of each channel over the volume. `[batch, depth, height, width, channels] →
/// [batch, channels]`; see `GlobalPoolingLayer`.
public typealias GlobalMaxPooling3D = GlobalPoolingLayer<Size3D, MaxRule>

/// The mean of each feature over all steps, or over those that a mask shows. `[batch, time,
/// features] → [batch, features]`; see `GlobalPoolingLayer`.
public typealias GlobalAveragePooling1D = GlobalPoolingLayer<Size1D, AverageRule>

/// The mean of each channel over the picture. `[batch, height, width, channels] → [batch,
/// channels]`; see `GlobalPoolingLayer`.
public typealias GlobalAveragePooling2D = GlobalPoolingLayer<Size2D, AverageRule>

/// The mean of each channel over the volume. `[batch, depth, height, width, channels] → [batch,
/// channels]`; see `GlobalPoolingLayer`.
public typealias GlobalAveragePooling3D = GlobalPoolingLayer<Size3D, AverageRule>

/// One element for each channel: the greatest, or the mean, over all spatial axes.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, channels]`, or `[batch, 1…, channels]` with
///   `keepDimensions`.
/// - Source: Lin, Chen, Yan 2013, arXiv:1312.4400, section 3.2.
public struct GlobalPoolingLayer<Size: SpatialSize, Rule: PoolingRule>: UnaryLayer {
  public static var kind: String { "Global\(Rule.word)Pooling\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Whether spatial axes stay, with size 1.
  public let keepDimensions: Bool

  /// Pooling over everything.
  public init(keepDimensions: Bool = false, name: String? = nil) {
    self.keepDimensions = keepDimensions
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    if Size.count == 1, let mask = scope.mask(of: x) {
      return Rule.reduced(x.floating(), mask: mask, keepingAxes: keepDimensions)
    }
    return Rule.reduced(x.floating(), axes: Size.places, keepingAxes: keepDimensions)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, keepDimensions
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    keepDimensions = try fields.value(.keepDimensions, default: false)
  }
}

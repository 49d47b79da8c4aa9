public import MoruLayers

/// What stands between dense blocks: normalization, a 1×1 convolution to fewer maps, and means of 2×2
/// places.
///
/// - Shapes: `[height, width, channels] → [⌊height / 2⌋, ⌊width / 2⌋, filters]`.
/// - Source: Huang et al. 2016, arXiv:1608.06993.
public struct TransitionBlock: Sendable {
  /// Number of output channels: half of the inputs in the paper.
  public var filters: Int
  /// How the normalization is set.
  public var normalization: NormalizationSettings
  /// What the names of the layers begin with.
  public var name: String

  /// A transition to so many channels.
  public init(
    _ filters: Int, normalization: NormalizationSettings = NormalizationSettings(), name: String
  ) {
    self.filters = filters
    self.normalization = normalization
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    let active = normalization.finished(x, .relu, .joined(name))
    let fewer = Conv2D(filters, kernel: 1, useBias: false, name: "\(name)_conv")(active)
    return AveragePooling2D(2, strides: 2, name: "\(name)_pool")(fewer)
  }
}

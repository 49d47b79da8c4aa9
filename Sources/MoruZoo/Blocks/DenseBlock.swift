import MoruGraph
public import MoruLayers

/// Layers that each see all maps before them: every one adds `growthRate` maps, made by a 1×1
/// convolution to four times as many and one of 3×3, normalized and activated before each.
///
/// - Shapes: `[height, width, channels] → [height, width, channels + count · growthRate]`.
/// - Source: Huang et al. 2016, arXiv:1608.06993.
public struct DenseBlock: Sendable {
  /// Number of layers.
  public var count: Int
  /// Maps that each layer adds.
  public var growthRate: Int
  /// How the normalizations are set.
  public var normalization: NormalizationSettings
  /// What the names of the layers begin with.
  public var name: String

  /// A number of layers.
  public init(
    _ count: Int, growthRate: Int = 32,
    normalization: NormalizationSettings = NormalizationSettings(), name: String
  ) {
    self.count = count
    self.growthRate = growthRate
    self.normalization = normalization
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    (0..<max(count, 0)).reduce(x) { maps, place in
      let part = "\(name)_block\(place + 1)"
      let active = normalization.finished(maps, .relu, .joined("\(part)_0"))
      let narrow = ConvolutionBlock(
        4 * growthRate, kernel: 1, normalization: normalization, names: .joined("\(part)_1"))
      let new = Conv2D(
        growthRate, kernel: 3, padding: .same, useBias: false, name: "\(part)_2_conv")
      return Concatenate(name: "\(part)_concat")([maps, new(narrow(active))])
    }
  }
}

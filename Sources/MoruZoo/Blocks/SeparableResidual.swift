import MoruGraph
public import MoruLayers

/// Separable convolutions, each after an activation and before a normalization, beside a shortcut.
///
/// - Shapes: `[height, width, channels] → [height, width, filters.last]`; half the height and width,
///   rounded up, where it ends in pooling.
/// - Source: Chollet 2017, arXiv:1610.02357, figure 5.
public struct SeparableResidual: Sendable {
  /// Number of channels of each convolution.
  public var filters: [Int]
  /// Whether an activation comes before the first convolution, too.
  public var startsActive: Bool
  /// Whether it ends in the greatest of 3×3 places at every second one, and the shortcut is a
  /// convolution.
  public var isPooled: Bool
  /// What the names of the layers begin with.
  public var name: String
  /// What convolution and normalization of the shortcut are called.
  public var shortcutNames: LayerNames

  /// Separable convolutions beside a shortcut.
  public init(
    _ filters: [Int], startsActive: Bool = true, isPooled: Bool = false, name: String,
    shortcutNames: LayerNames = LayerNames()
  ) {
    self.filters = filters
    self.startsActive = startsActive
    self.isPooled = isPooled
    self.name = name
    self.shortcutNames = shortcutNames
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    var y = x
    for (place, count) in filters.enumerated() {
      let part = "\(name)_sepconv\(place + 1)"
      if place > 0 || startsActive { y = Activation(.relu, name: "\(part)_act")(y) }
      y = SeparableConv2D(count, kernel: 3, padding: .same, useBias: false, name: part)(y)
      y = NormalizationSettings().layer("\(part)_bn")(y)
    }
    guard isPooled else { return Add()([y, x]) }
    let shortcut = ConvolutionBlock(
      filters.last ?? 1, kernel: 1, strides: 2, activation: nil, names: shortcutNames)
    let pooled = MaxPooling2D(3, strides: 2, padding: .same, name: "\(name)_pool")(y)
    return Add()([pooled, shortcut(x)])
  }
}

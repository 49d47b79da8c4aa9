public import MoruLayers

/// A bottleneck whose normalizations and activations come before its convolutions, so that the
/// shortcut runs through the network untouched: `x + F(relu(norm(x)))`.
///
/// - Shapes: `[height, width, channels] → [⌈height / strides⌉, ⌈width / strides⌉, 4 · filters]`.
/// - Source: He et al. 2016, arXiv:1603.05027, figure 4 (e).
public struct PreactivatedBottleneck: Sendable {
  /// Number of channels of the inner convolution.
  public var filters: Int
  /// Step of the 3×3 convolution and of the shortcut.
  public var strides: Size2D
  /// Whether the shortcut is a 1×1 convolution: where channels change.
  public var isProjected: Bool
  /// How normalizations are set.
  public var normalization: NormalizationSettings
  /// What the names of the layers begin with.
  public var name: String

  /// Three convolutions beside a shortcut.
  public init(
    _ filters: Int, strides: Size2D = 1, isProjected: Bool = false,
    normalization: NormalizationSettings = NormalizationSettings(), name: String
  ) {
    self.filters = filters
    self.strides = strides
    self.isProjected = isProjected
    self.normalization = normalization
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    let active = normalization.finished(x, .relu, .joined("\(name)_preact"))
    let narrow = ConvolutionBlock(
      filters, kernel: 1, normalization: normalization, names: .joined("\(name)_1"))
    let inner = ConvolutionBlock(
      filters, kernel: 3, strides: strides, padding: .symmetric, normalization: normalization,
      names: .joined("\(name)_2"))
    let wide = Conv2D(4 * filters, kernel: 1, name: "\(name)_3_conv")
    return Add(name: "\(name)_out")([shortcut(x, active), wide(inner(narrow(active)))])
  }

  private func shortcut(_ x: Symbol, _ active: Symbol) -> Symbol {
    if isProjected {
      Conv2D(4 * filters, kernel: 1, strides: strides, name: "\(name)_0_conv")(active)
    } else if strides == 1 {
      x
    } else {
      MaxPooling2D(1, strides: strides, name: "\(name)_0_pool")(x)
    }
  }
}

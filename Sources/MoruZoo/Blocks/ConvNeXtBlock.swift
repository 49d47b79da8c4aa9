import MoruGraph
public import MoruLayers

/// A 7×7 depthwise convolution, layer normalization, and a network of four times as many channels at
/// each place, scaled, beside a shortcut.
///
/// - Shapes: `[height, width, channels] → [height, width, channels]`.
/// - Source: Liu et al. 2022, arXiv:2201.03545, figure 4.
public struct ConvNeXtBlock: Sendable {
  /// Number of channels.
  public var channels: Int
  /// Probability that training leaves a sample the shortcut alone.
  public var dropRate: Double
  /// What the factor of each channel starts from.
  public var scale: Double
  /// What the names of the layers begin with.
  public var name: String

  /// A block of so many channels.
  public init(_ channels: Int, dropRate: Double = 0, scale: Double = 1e-6, name: String) {
    self.channels = channels
    self.dropRate = dropRate
    self.scale = scale
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    var y = Conv2D(
      channels, kernel: 7, padding: .same, groups: channels, name: "\(name)_depthwise_conv")(x)
    y = LayerNormalization(epsilon: 1e-6, name: "\(name)_layernorm")(y)
    y = Dense(4 * channels, name: "\(name)_pointwise_conv_1")(y)
    y = Activation(.gelu, name: "\(name)_gelu")(y)
    y = Dense(channels, name: "\(name)_pointwise_conv_2")(y)
    y = LayerScale(gammaInitializer: .constant(scale), name: "\(name)_layer_scale")(y)
    if dropRate > 0 { y = StochasticDepth(dropRate, name: "\(name)_stochastic_depth")(y) }
    return Add(name: "\(name)_add")([x, y])
  }
}

import MoruGraph
public import MoruLayers

/// A convolution of each channel on its own, batch normalization and an activation, one after the
/// other.
///
/// - Shapes: `[height, width, channels] → [⌈height / strides⌉, ⌈width / strides⌉, channels]`, less by
///   the window with `valid` padding.
public struct DepthwiseBlock: Sendable {
  /// Size of the window.
  public var kernel: Size2D
  /// Step between windows.
  public var strides: Size2D
  /// How windows meet the border.
  public var padding: BlockPadding
  /// What the block ends in.
  public var activation: ActivationFunction
  /// How the normalization is set.
  public var normalization: NormalizationSettings
  /// How the kernel starts.
  public var initializer: any Initializer
  /// What the layers are called.
  public var names: LayerNames

  /// A depthwise convolution with its normalization and activation.
  public init(
    kernel: Size2D = 3, strides: Size2D = 1, padding: BlockPadding = .same,
    activation: ActivationFunction = .relu6,
    normalization: NormalizationSettings = NormalizationSettings(),
    initializer: any Initializer = .glorotUniform, names: LayerNames = LayerNames()
  ) {
    self.kernel = kernel
    self.strides = strides
    self.padding = padding
    self.activation = activation
    self.normalization = normalization
    self.initializer = initializer
    self.names = names
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    let (padded, mode) = padding.applied(
      to: x, kernel: kernel, strides: strides, name: names.padding)
    let convolution = DepthwiseConv2D(
      kernel: kernel, strides: strides, padding: mode, useBias: false,
      depthwiseInitializer: initializer, name: names.convolution)
    return normalization.finished(convolution(padded), activation, names)
  }
}

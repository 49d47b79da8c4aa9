public import MoruLayers

/// A convolution, batch normalization and an activation, one after the other.
///
/// - Shapes: `[height, width, channels] → [⌈height / strides⌉, ⌈width / strides⌉, filters]`, less by
///   the window with `valid` padding.
/// - Source: Ioffe, Szegedy 2015, arXiv:1502.03167.
public struct ConvolutionBlock: Sendable {
  /// Number of output channels.
  public var filters: Int
  /// Size of the window.
  public var kernel: Size2D
  /// Step between windows.
  public var strides: Size2D
  /// How windows meet the border.
  public var padding: BlockPadding
  /// Whether a bias is added before the normalization, which takes it away again.
  public var useBias: Bool
  /// What the block ends in; nil for nothing after the normalization.
  public var activation: ActivationFunction?
  /// How the normalization is set.
  public var normalization: NormalizationSettings
  /// How the kernel starts.
  public var initializer: any Initializer
  /// What the layers are called.
  public var names: LayerNames

  /// A convolution with its normalization and activation.
  public init(
    _ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: BlockPadding = .same,
    useBias: Bool = false, activation: ActivationFunction? = .relu,
    normalization: NormalizationSettings = NormalizationSettings(),
    initializer: any Initializer = .glorotUniform, names: LayerNames = LayerNames()
  ) {
    self.filters = filters
    self.kernel = kernel
    self.strides = strides
    self.padding = padding
    self.useBias = useBias
    self.activation = activation
    self.normalization = normalization
    self.initializer = initializer
    self.names = names
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    let (padded, mode) = padding.applied(
      to: x, kernel: kernel, strides: strides, name: names.padding)
    let convolution = Conv2D(
      filters, kernel: kernel, strides: strides, padding: mode, useBias: useBias,
      kernelInitializer: initializer, name: names.convolution)
    return normalization.finished(convolution(padded), activation, names)
  }
}

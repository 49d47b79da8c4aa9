public import MoruLayers

/// Multiplies each channel by what a small network makes of the means of all channels.
///
/// `x · gate(W₂ activation(W₁ mean(x)))`
///
/// - Shapes: `[height, width, channels] → [height, width, channels]`.
/// - Source: Hu et al. 2017, arXiv:1709.01507.
public struct SqueezeExcite: Sendable {
  /// What the layers are called.
  public struct Names: Sendable {
    /// The mean over all places.
    public var squeeze: String?
    /// The convolution to few channels.
    public var reduce: String?
    /// The convolution back to all channels.
    public var expand: String?
    /// The product.
    public var excite: String?

    /// Names of layers.
    public init(
      squeeze: String? = nil, reduce: String? = nil, expand: String? = nil, excite: String? = nil
    ) {
      self.squeeze = squeeze
      self.reduce = reduce
      self.expand = expand
      self.excite = excite
    }
  }

  /// Number of channels.
  public var channels: Int
  /// Number of channels in between.
  public var squeezed: Int
  /// What the first convolution ends in.
  public var activation: ActivationFunction
  /// What the second one ends in: from 0 to 1.
  public var gate: ActivationFunction
  /// How the kernels start.
  public var initializer: any Initializer
  /// What the layers are called.
  public var names: Names

  /// A gate for each channel.
  public init(
    channels: Int, squeezed: Int, activation: ActivationFunction = .relu,
    gate: ActivationFunction = .sigmoid, initializer: any Initializer = .glorotUniform,
    names: Names = Names()
  ) {
    self.channels = channels
    self.squeezed = squeezed
    self.activation = activation
    self.gate = gate
    self.initializer = initializer
    self.names = names
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    let means = GlobalAveragePooling2D(keepDimensions: true, name: names.squeeze)(x)
    let inner = Conv2D(
      squeezed, kernel: 1, activation: activation, kernelInitializer: initializer,
      name: names.reduce)(means)
    let gates = Conv2D(
      channels, kernel: 1, activation: gate, kernelInitializer: initializer, name: names.expand)(
        inner)
    return Multiply(name: names.excite)([x, gates])
  }
}

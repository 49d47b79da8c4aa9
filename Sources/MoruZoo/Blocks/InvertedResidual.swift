public import MoruLayers

/// A depthwise convolution between a 1×1 one that makes channels many and one that makes them few,
/// with nothing after the last, beside a shortcut where sizes and channels stay.
///
/// - Shapes: `[height, width, inputs] → [⌈height / strides⌉, ⌈width / strides⌉, filters]`.
/// - Source: Sandler et al. 2018, arXiv:1801.04381; with squeeze and excitation Howard et al. 2019,
///   arXiv:1905.02244.
public struct InvertedResidual: Sendable {
  /// What the layers are called.
  public struct Names: Sendable {
    /// The convolution that makes channels many.
    public var expand = LayerNames()
    /// The depthwise convolution.
    public var depthwise = LayerNames()
    /// Squeeze and excitation.
    public var excite = SqueezeExcite.Names()
    /// The convolution that makes channels few.
    public var project = LayerNames()
    /// What drops samples in training.
    public var drop: String?
    /// The sum with the shortcut.
    public var add: String?

    /// Names made of the layers' kinds.
    public init() {}
  }

  /// Number of input channels.
  public var inputs: Int
  /// Number of channels in between: as many as inputs for no expansion.
  public var expanded: Int
  /// Number of output channels.
  public var filters: Int
  /// Size of the depthwise window.
  public var kernel: Size2D = 3
  /// Step between windows.
  public var strides: Size2D = 1
  /// How strided windows meet the border.
  public var padding: BlockPadding = .same
  /// What the first two convolutions end in.
  public var activation: ActivationFunction = .relu6
  /// Number of channels inside squeeze and excitation; nil for none.
  public var squeezed: Int?
  /// What the squeezed channels end in; the block's activation if nil.
  public var squeezeActivation: ActivationFunction?
  /// What the gates end in.
  public var gate: ActivationFunction = .sigmoid
  /// Probability that training leaves a sample the shortcut alone.
  public var dropRate = 0.0
  /// How the normalizations are set.
  public var normalization = NormalizationSettings()
  /// How the kernels start.
  public var initializer: any Initializer = .glorotUniform
  /// What the layers are called.
  public var names = Names()

  /// A block of 3×3 windows without squeeze and excitation; set the rest as you need it.
  public init(from inputs: Int, expanded: Int, to filters: Int, strides: Size2D = 1) {
    self.inputs = inputs
    self.expanded = expanded
    self.filters = filters
    self.strides = strides
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    var y = x
    if expanded != inputs {
      let expand = ConvolutionBlock(
        expanded, kernel: 1, activation: activation, normalization: normalization,
        initializer: initializer, names: names.expand)
      y = expand(y)
    }
    let depthwise = DepthwiseBlock(
      kernel: kernel, strides: strides, padding: padding, activation: activation,
      normalization: normalization, initializer: initializer, names: names.depthwise)
    y = depthwise(y)
    if let squeezed {
      let excite = SqueezeExcite(
        channels: expanded, squeezed: squeezed, activation: squeezeActivation ?? activation,
        gate: gate, initializer: initializer, names: names.excite)
      y = excite(y)
    }
    let project = ConvolutionBlock(
      filters, kernel: 1, activation: nil, normalization: normalization, initializer: initializer,
      names: names.project)
    return shortcut(x, project(y))
  }

  private func shortcut(_ x: Symbol, _ y: Symbol) -> Symbol {
    guard strides == 1, inputs == filters else { return y }
    let kept = dropRate > 0 ? StochasticDepth(dropRate, name: names.drop)(y) : y
    return Add(name: names.add)([kept, x])
  }
}

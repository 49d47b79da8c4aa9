public import MoruLayers

/// An inverted residual whose expansion and depthwise convolution are one whole convolution, which
/// early layers compute faster although it multiplies more; without expansion that convolution alone.
///
/// - Shapes: `[height, width, inputs] → [⌈height / strides⌉, ⌈width / strides⌉, filters]`.
/// - Source: Tan, Le 2021, arXiv:2104.00298, figure 2.
public struct FusedInvertedResidual: Sendable {
  /// Number of input channels.
  public var inputs: Int
  /// Number of channels in between: as many as inputs for no expansion.
  public var expanded: Int
  /// Number of output channels.
  public var filters: Int
  /// Step between windows.
  public var strides: Size2D
  /// How strided windows meet the border.
  public var padding: BlockPadding = .same
  /// What convolutions end in, but for the one that makes channels few.
  public var activation: ActivationFunction = .silu
  /// Probability that training leaves a sample the shortcut alone.
  public var dropRate = 0.0
  /// How the normalizations are set.
  public var normalization = NormalizationSettings()
  /// How the kernels start.
  public var initializer: any Initializer = .glorotUniform
  /// What the layers are called; there is no depthwise one.
  public var names = InvertedResidual.Names()

  /// A block of 3×3 windows; set the rest as you need it.
  public init(from inputs: Int, expanded: Int, to filters: Int, strides: Size2D = 1) {
    self.inputs = inputs
    self.expanded = expanded
    self.filters = filters
    self.strides = strides
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    func convolution(
      _ filters: Int, kernel: Size2D, strides: Size2D, _ activation: ActivationFunction?,
      _ names: LayerNames
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        filters, kernel: kernel, strides: strides, padding: padding, activation: activation,
        normalization: normalization, initializer: initializer, names: names)
    }
    let y: Symbol
    if expanded == inputs {
      y = convolution(filters, kernel: 3, strides: strides, activation, names.project)(x)
    } else {
      let wide = convolution(expanded, kernel: 3, strides: strides, activation, names.expand)(x)
      y = convolution(filters, kernel: 1, strides: 1, nil, names.project)(wide)
    }
    guard strides == 1, inputs == filters else { return y }
    let kept = dropRate > 0 ? StochasticDepth(dropRate, name: names.drop)(y) : y
    return Add(name: names.add)([kept, x])
  }
}

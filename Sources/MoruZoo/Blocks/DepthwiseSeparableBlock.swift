public import MoruLayers

/// A depthwise convolution and one of 1×1 that mixes the channels, each with normalization and
/// `relu6`: nearly what a whole convolution does, at a fraction `1/filters + 1/window` of its cost.
///
/// - Shapes: `[height, width, channels] → [height / strides, width / strides, filters]`.
/// - Source: Howard et al. 2017, arXiv:1704.04861, figure 3.
public struct DepthwiseSeparableBlock: Sendable {
  /// The convolution of each channel.
  public var depthwise: DepthwiseBlock
  /// The convolution that mixes the channels.
  public var pointwise: ConvolutionBlock

  /// A convolution in two parts.
  ///
  /// - Parameters:
  ///   - filters: Number of output channels.
  ///   - strides: Step between windows.
  ///   - padding: How windows meet the border.
  ///   - normalization: How the normalizations are set.
  ///   - depthwiseNames: What the layers of the first part are called.
  ///   - pointwiseNames: What the layers of the second part are called.
  public init(
    _ filters: Int, strides: Size2D = 1, padding: BlockPadding = .same,
    normalization: NormalizationSettings = NormalizationSettings(),
    depthwiseNames: LayerNames = LayerNames(), pointwiseNames: LayerNames = LayerNames()
  ) {
    depthwise = DepthwiseBlock(
      strides: strides, padding: padding, normalization: normalization, names: depthwiseNames)
    pointwise = ConvolutionBlock(
      filters, kernel: 1, activation: .relu6, normalization: normalization, names: pointwiseNames)
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol { pointwise(depthwise(x)) }
}

public import MoruLayers

/// Two 3×3 convolutions beside a shortcut: `relu(F(x) + x)`.
///
/// - Shapes: `[height, width, channels] → [⌈height / strides⌉, ⌈width / strides⌉, filters]`.
/// - Source: He et al. 2015, arXiv:1512.03385, figure 5, left.
public struct ResidualBlock: Sendable {
  /// Number of channels of both convolutions.
  public var filters: Int
  /// Step of the first convolution and of the shortcut.
  public var strides: Size2D
  /// Whether the shortcut is a 1×1 convolution: where sizes or channels change.
  public var isProjected: Bool
  /// How strided windows meet the border.
  public var padding: BlockPadding
  /// How normalizations are set.
  public var normalization: NormalizationSettings
  /// What the names of the layers begin with.
  public var name: String

  /// Two convolutions beside a shortcut.
  public init(
    _ filters: Int, strides: Size2D = 1, isProjected: Bool = false,
    padding: BlockPadding = .same,
    normalization: NormalizationSettings = NormalizationSettings(), name: String
  ) {
    self.filters = filters
    self.strides = strides
    self.isProjected = isProjected
    self.padding = padding
    self.normalization = normalization
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    func convolution(
      _ number: Int, kernel: Size2D, strides: Size2D, activation: ActivationFunction?
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        filters, kernel: kernel, strides: strides, padding: padding, activation: activation,
        normalization: normalization, names: .joined("\(name)_\(number)"))
    }
    let shortcut =
      isProjected ? convolution(0, kernel: 1, strides: strides, activation: nil)(x) : x
    let inner = convolution(1, kernel: 3, strides: strides, activation: .relu)(x)
    let outer = convolution(2, kernel: 3, strides: 1, activation: nil)(inner)
    return Activation(.relu, name: "\(name)_out")(Add(name: "\(name)_add")([shortcut, outer]))
  }
}

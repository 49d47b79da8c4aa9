public import MoruLayers

/// A 3×3 convolution between two 1×1 ones, which make channels few before it and many after it,
/// beside a shortcut: `relu(F(x) + x)`.
///
/// - Shapes: `[height, width, channels] → [⌈height / strides⌉, ⌈width / strides⌉, 4 · filters]`.
/// - Source: He et al. 2015, arXiv:1512.03385, figure 5, right.
public struct BottleneckBlock: Sendable {
  /// Number of channels of the inner convolution.
  public var filters: Int
  /// Step of the block.
  public var strides: Size2D
  /// Whether the 3×3 convolution makes the step, which sees all places, rather than the first 1×1 one,
  /// which passes over three in four.
  public var stridesInside: Bool
  /// Whether the shortcut is a 1×1 convolution: where sizes or channels change.
  public var isProjected: Bool
  /// How strided windows meet the border.
  public var padding: BlockPadding
  /// Whether convolutions have biases.
  public var useBias: Bool
  /// How normalizations are set.
  public var normalization: NormalizationSettings
  /// What the names of the layers begin with.
  public var name: String

  /// Three convolutions beside a shortcut.
  public init(
    _ filters: Int, strides: Size2D = 1, stridesInside: Bool = true, isProjected: Bool = false,
    padding: BlockPadding = .same, useBias: Bool = false,
    normalization: NormalizationSettings = NormalizationSettings(), name: String
  ) {
    self.filters = filters
    self.strides = strides
    self.stridesInside = stridesInside
    self.isProjected = isProjected
    self.padding = padding
    self.useBias = useBias
    self.normalization = normalization
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    func convolution(
      _ number: Int, _ filters: Int, kernel: Size2D, strides: Size2D,
      activation: ActivationFunction?
    ) -> ConvolutionBlock {
      ConvolutionBlock(
        filters, kernel: kernel, strides: strides, padding: padding, useBias: useBias,
        activation: activation, normalization: normalization, names: .joined("\(name)_\(number)"))
    }
    let shortcut =
      isProjected
      ? convolution(0, 4 * filters, kernel: 1, strides: strides, activation: nil)(x) : x
    let narrow = convolution(
      1, filters, kernel: 1, strides: stridesInside ? 1 : strides, activation: .relu)(x)
    let inner = convolution(
      2, filters, kernel: 3, strides: stridesInside ? strides : 1, activation: .relu)(narrow)
    let wide = convolution(3, 4 * filters, kernel: 1, strides: 1, activation: nil)(inner)
    return Activation(.relu, name: "\(name)_out")(Add(name: "\(name)_add")([shortcut, wide]))
  }
}

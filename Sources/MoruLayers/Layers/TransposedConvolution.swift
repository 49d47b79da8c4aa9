import MoruArchive
public import MoruGraph
import MoruTensors

/// The transpose of a convolution of sequences.
///
/// - Shapes: `[batch, time, features] → [batch, outTime, filters]`; see
///   `TransposedConvolutionLayer`.
public typealias Conv1DTranspose = TransposedConvolutionLayer<Size1D>

/// The transpose of a convolution of pictures.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, filters]`; see
///   `TransposedConvolutionLayer`.
public typealias Conv2DTranspose = TransposedConvolutionLayer<Size2D>

/// The transpose of a convolution of volumes.
///
/// - Shapes: `[batch, depth, height, width, channels] → [batch, outDepth, outHeight, outWidth,
///   filters]`; see `TransposedConvolutionLayer`.
public typealias Conv3DTranspose = TransposedConvolutionLayer<Size3D>

/// The transpose of a convolution, which makes pictures larger: `activation(xᵀ⋆ kernel + bias)`.
///
/// Each input element adds its multiple of the kernel to a window of the output, `strides` apart;
/// it is the gradient of the `ConvolutionLayer` of the same settings in its input.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, filters]`; kernel `[window…, filters,
///   channels]`, bias `[filters]`. With `valid` padding `out = size · stride + max(dilation ·
///   (kernel − 1) + 1 − stride, 0)`, with `same` and `causal` `size · stride`.
/// - Source: Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957; sizes by Keras's rule.
public struct TransposedConvolutionLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "Conv\(Size.count)DTranspose" }
  public var identity = Identity()
  public let name: String?
  /// Number of output channels, at least 1.
  public let filters: Int
  /// Size of the window.
  public let kernelSize: Size
  /// Step between windows in the output.
  public let strides: Size
  /// Whether the borders of what the windows cover are cut off.
  public let padding: PaddingMode
  /// Distance between neighbouring kernel elements.
  public let dilationRate: Size
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts, what it adds to the loss, and what it is held to.
  public let kernel: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A transposed convolution of `filters` output channels.
  public init(
    _ filters: Int, kernel: Size, strides: Size = 1, padding: PaddingMode = .valid,
    dilationRate: Size = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernel
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
    self.kernel = WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedConvolution(
      Self.kind, x, sizes: [kernelSize, strides, dilationRate], counts: [filters])
    {
      return failed
    }
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize.list + [filters, x.shape[Size.count + 1]]),
      self.kernel)
    var y = transposedConvolution(
      x.floating(), kernel, strides: strides.list, padding: padding, dilation: dilationRate.list)
    if useBias { y += scope.parameter("bias", [filters], bias) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, filters, kernelSize, strides, padding, dilationRate, activation, useBias
    case activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("kernel", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    filters = try fields.positive(.filters)
    kernelSize = try fields.required(.kernelSize)
    strides = try fields.value(.strides, default: 1)
    padding = try fields.value(.padding, default: .valid)
    dilationRate = try fields.value(.dilationRate, default: 1)
    activation = try fields.value(.activation, default: .linear)
    useBias = try fields.value(.useBias, default: true)
    kernel = try WeightSettings(decoder, "kernel", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    activityRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try kernel.encode(to: encoder, as: "kernel")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(filters, forKey: .filters)
    try container.encode(kernelSize, forKey: .kernelSize)
    try container.encode(strides, forKey: .strides)
    try container.encode(padding, forKey: .padding)
    try container.encode(dilationRate, forKey: .dilationRate)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}

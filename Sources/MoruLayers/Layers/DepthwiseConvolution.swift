import MoruArchive
public import MoruGraph
import MoruTensors

/// Convolution of each feature of sequences on its own.
///
/// - Shapes: `[batch, time, features] → [batch, outTime, features · depthMultiplier]`; see
///   `DepthwiseConvolutionLayer`.
public typealias DepthwiseConv1D = DepthwiseConvolutionLayer<Size1D>

/// Convolution of each channel of pictures on its own.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, channels ·
///   depthMultiplier]`; see `DepthwiseConvolutionLayer`.
public typealias DepthwiseConv2D = DepthwiseConvolutionLayer<Size2D>

/// Convolution of each channel on its own: `activation(x ⋆ kernel + bias)`, where channel c gives
/// the outputs `c · depthMultiplier ..< (c + 1) · depthMultiplier`.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, channels · depthMultiplier]`; kernel
///   `[window…, channels, depthMultiplier]`, bias `[channels · depthMultiplier]`; sizes as of
///   `ConvolutionLayer`.
/// - Source: Howard et al. 2017, arXiv:1704.04861, section 3.1.
public struct DepthwiseConvolutionLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "DepthwiseConv\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Size of the window.
  public let kernelSize: Size
  /// Step between windows.
  public let strides: Size
  /// How windows meet the border.
  public let padding: PaddingMode
  /// Number of outputs for each channel, at least 1.
  public let depthMultiplier: Int
  /// Distance between neighbouring kernel elements.
  public let dilationRate: Size
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the depthwise kernel starts, what it adds to the loss, and what it is held to.
  public let depthwise: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A convolution of each channel with windows of size `kernel`.
  public init(
    kernel: Size, strides: Size = 1, padding: PaddingMode = .valid, depthMultiplier: Int = 1,
    dilationRate: Size = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, depthwiseRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    depthwiseConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.kernelSize = kernel
    self.strides = strides
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
    depthwise = WeightSettings(depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedConvolution(
      Self.kind, x, sizes: [kernelSize, strides, dilationRate], counts: [depthMultiplier])
    {
      return failed
    }
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize.list + [x.shape[Size.count + 1], depthMultiplier]),
      depthwise)
    var y = depthwiseConvolution(
      x.floating(), kernel, strides: strides, padding: padding, dilationRate: dilationRate)
    if useBias, y.error == nil {
      y += scope.parameter("bias", [y.shape[Size.count + 1]], bias)
    }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, kernelSize, strides, padding, depthMultiplier, dilationRate, activation, useBias
    case activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("depthwise", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    kernelSize = try fields.required(.kernelSize)
    strides = try fields.value(.strides, default: 1)
    padding = try fields.value(.padding, default: .valid)
    depthMultiplier = try fields.positive(.depthMultiplier, default: 1)
    dilationRate = try fields.value(.dilationRate, default: 1)
    activation = try fields.value(.activation, default: .linear)
    useBias = try fields.value(.useBias, default: true)
    depthwise = try WeightSettings(decoder, "depthwise", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    activityRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try depthwise.encode(to: encoder, as: "depthwise")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(kernelSize, forKey: .kernelSize)
    try container.encode(strides, forKey: .strides)
    try container.encode(padding, forKey: .padding)
    try container.encode(depthMultiplier, forKey: .depthMultiplier)
    try container.encode(dilationRate, forKey: .dilationRate)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}

/// Each channel convolved with kernels of its own, `[window…, channels, multiplier]`: a grouped
/// convolution of one channel to a group. `[…, channels] → […, channels · multiplier]`
func depthwiseConvolution<Size: SpatialSize>(
  _ x: Tensor, _ kernel: Tensor, strides: Size, padding: PaddingMode, dilationRate: Size
) -> Tensor {
  if let failed = [x, kernel].first(where: { $0.error != nil }) { return failed }
  let sizes = kernel.shape.dimensions
  let channels = sizes[Size.count]
  let grouped = kernel.reshaped(
    to: Shape(sizes.prefix(Size.count) + [1, channels * sizes[Size.count + 1]]))
  return convolution(
    x, grouped, strides: strides.list, padding: padding, dilation: dilationRate.list,
    groups: channels)
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// A separable convolution of sequences.
///
/// - Shapes: `[batch, time, features] → [batch, outTime, filters]`; see
///   `SeparableConvolutionLayer`.
public typealias SeparableConv1D = SeparableConvolutionLayer<Size1D>

/// A separable convolution of pictures.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, filters]`; see
///   `SeparableConvolutionLayer`.
public typealias SeparableConv2D = SeparableConvolutionLayer<Size2D>

/// A convolution of each channel on its own, then one by a kernel of size 1 that mixes the channels:
/// `activation((x ⋆ depthwise) · pointwise + bias)`.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, filters]`; depthwise kernel `[window…,
///   channels, depthMultiplier]`, pointwise kernel `[1…, channels · depthMultiplier, filters]`, bias
///   `[filters]`; sizes as of `ConvolutionLayer`.
/// - Source: Chollet 2017, arXiv:1610.02357.
public struct SeparableConvolutionLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "SeparableConv\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Number of output channels, at least 1.
  public let filters: Int
  /// Size of the window.
  public let kernelSize: Size
  /// Step between windows.
  public let strides: Size
  /// How windows meet the border.
  public let padding: PaddingMode
  /// Distance between neighbouring elements of the depthwise kernel.
  public let dilationRate: Size
  /// Number of depthwise outputs for each channel, at least 1.
  public let depthMultiplier: Int
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the depthwise kernel starts, what it adds to the loss, and what it is held to.
  public let depthwise: WeightSettings
  /// How the pointwise kernel starts, what it adds to the loss, and what it is held to.
  public let pointwise: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A separable convolution of `filters` output channels.
  public init(
    _ filters: Int, kernel: Size, strides: Size = 1, padding: PaddingMode = .valid,
    dilationRate: Size = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: any Initializer = .glorotUniform,
    pointwiseInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, depthwiseRegularizer: (any Regularizer)? = nil,
    pointwiseRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, depthwiseConstraint: (any Constraint)? = nil,
    pointwiseConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernel
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    self.useBias = useBias
    depthwise = WeightSettings(depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint)
    pointwise = WeightSettings(pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedConvolution(
      Self.kind, x, sizes: [kernelSize, strides, dilationRate], counts: [filters, depthMultiplier])
    {
      return failed
    }
    let depthwise = scope.parameter(
      "depthwise_kernel", Shape(kernelSize.list + [x.shape[Size.count + 1], depthMultiplier]),
      self.depthwise)
    let filtered = depthwiseConvolution(
      x.floating(), depthwise, strides: strides, padding: padding, dilationRate: dilationRate)
    guard filtered.error == nil else { return filtered }
    let ones = Size.axes.map { _ in 1 }
    let pointwise = scope.parameter(
      "pointwise_kernel", Shape(ones + [filtered.shape[Size.count + 1], filters]),
      self.pointwise)
    var y = convolution(filtered, pointwise, strides: ones, padding: .valid, dilation: ones)
    if useBias { y += scope.parameter("bias", [filters], bias) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, filters, kernelSize, strides, padding, dilationRate, depthMultiplier, activation
    case useBias, activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("depthwise", "pointwise", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    filters = try fields.positive(.filters)
    kernelSize = try fields.required(.kernelSize)
    strides = try fields.value(.strides, default: 1)
    padding = try fields.value(.padding, default: .valid)
    dilationRate = try fields.value(.dilationRate, default: 1)
    depthMultiplier = try fields.positive(.depthMultiplier, default: 1)
    activation = try fields.value(.activation, default: .linear)
    useBias = try fields.value(.useBias, default: true)
    depthwise = try WeightSettings(decoder, "depthwise", default: .glorotUniform)
    pointwise = try WeightSettings(decoder, "pointwise", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    activityRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try depthwise.encode(to: encoder, as: "depthwise")
    try pointwise.encode(to: encoder, as: "pointwise")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(filters, forKey: .filters)
    try container.encode(kernelSize, forKey: .kernelSize)
    try container.encode(strides, forKey: .strides)
    try container.encode(padding, forKey: .padding)
    try container.encode(dilationRate, forKey: .dilationRate)
    try container.encode(depthMultiplier, forKey: .depthMultiplier)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// Convolution of sequences.
///
/// - Shapes: `[batch, time, features] → [batch, outTime, filters]`; see `ConvolutionLayer`.
public typealias Conv1D = ConvolutionLayer<Size1D>

/// Convolution of pictures.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, filters]`; see
///   `ConvolutionLayer`.
public typealias Conv2D = ConvolutionLayer<Size2D>

/// Convolution of volumes.
///
/// - Shapes: `[batch, depth, height, width, channels] → [batch, outDepth, outHeight, outWidth,
///   filters]`; see `ConvolutionLayer`.
public typealias Conv3D = ConvolutionLayer<Size3D>

/// Convolution over one to three axes: `activation(x ⋆ kernel + bias)`.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, filters]`; kernel `[window…,
///   channels/groups, filters]`, bias `[filters]`. With `valid` padding `out = ⌊(size −
///   dilation·(kernel−1) − 1) / stride⌋ + 1`, with `same` and `causal` `⌈size / stride⌉`.
/// - Source: LeCun et al. 1989, doi:10.1162/neco.1989.1.4.541; padding by Keras's rule.
public struct ConvolutionLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "Conv\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Number of output channels, at least 1.
  public internal(set) var filters: Int
  /// Size of the window.
  public let kernelSize: Size
  /// Step between windows.
  public let strides: Size
  /// How windows meet the border.
  public let padding: PaddingMode
  /// Distance between neighbouring kernel elements.
  public let dilationRate: Size
  /// Number of groups that channels and filters are divided into.
  public let groups: Int
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts, what it adds to the loss, and what it is held to.
  public let kernel: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A convolution of `filters` output channels.
  public init(
    _ filters: Int, kernel: Size, strides: Size = 1, padding: PaddingMode = .valid,
    dilationRate: Size = 1, groups: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernel
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.groups = groups
    self.activation = activation
    self.useBias = useBias
    self.kernel = WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedConvolution(
      Self.kind, x, sizes: [kernelSize, strides, dilationRate], counts: [filters, groups])
    {
      return failed
    }
    let channels = x.shape[Size.count + 1]
    guard channels % groups == 0, filters % groups == 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "\(channels) channels and \(filters) filters do not divide into \(groups) groups",
          "Choose groups that divide both."))
    }
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize.list + [channels / groups, filters]),
      self.kernel)
    var y = convolution(
      x.floating(), kernel, strides: strides.list, padding: padding, dilation: dilationRate.list,
      groups: groups)
    if useBias { y += scope.parameter("bias", [filters], bias) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, filters, kernelSize, strides, padding, dilationRate, groups, activation, useBias
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
    groups = try fields.positive(.groups, default: 1)
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
    try container.encode(groups, forKey: .groups)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}

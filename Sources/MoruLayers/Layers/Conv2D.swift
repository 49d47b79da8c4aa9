import MoruArchive
public import MoruGraph
import MoruTensors

/// Convolution of pictures: `activation(x ⋆ kernel + bias)`.
///
/// - Shapes: `[batch, height, width, channels] → [batch, outHeight, outWidth, filters]`; kernel
///   `[height, width, channels/groups, filters]`, bias `[filters]`. With `valid` padding
///   `out = ⌊(size − dilation·(kernel−1) − 1) / stride⌋ + 1`, with `same` `⌈size / stride⌉`.
public struct Conv2D: UnaryLayer {
  public static let kind = "Conv2D"
  public var identity = Identity()
  public let name: String?
  /// Number of output channels, at least 1.
  public let filters: Int
  /// Size of the window.
  public let kernelSize: Size2D
  /// Step between windows.
  public let strides: Size2D
  /// How windows meet the border.
  public let padding: PaddingMode
  /// Distance between neighbouring kernel elements.
  public let dilationRate: Size2D
  /// Number of groups that channels and filters are divided into.
  public let groups: Int
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts.
  public let kernelInitializer: Initializer
  /// How the bias starts.
  public let biasInitializer: Initializer
  /// What the kernel adds to the loss.
  public let kernelRegularizer: Regularizer?

  /// A convolution of `filters` output channels.
  public init(
    _ filters: Int, kernel: Size2D, strides: Size2D = 1, padding: PaddingMode = .valid,
    dilationRate: Size2D = 1, groups: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
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
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its input has rank \(x.rank), not 4",
          "Pass [batch, height, width, channels]; Reshape adds a channel axis."))
    }
    let channels = x.shape[3]
    guard [kernelSize, strides, dilationRate].allSatisfy(\.isUsable), filters >= 1, groups >= 1
    else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "filters, kernel, strides, dilationRate and groups are not all between 1 and "
            + "\(Size2D.limit)", "Choose sizes of at least 1."))
    }
    guard channels % groups == 0, filters % groups == 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "\(channels) channels and \(filters) filters do not divide into \(groups) groups",
          "Choose groups that divide both."))
    }
    let kernel = scope.parameter(
      "kernel", [kernelSize.height, kernelSize.width, channels / groups, filters],
      initializer: kernelInitializer, regularizer: kernelRegularizer)
    var y = convolution(
      x.floating(), kernel, strides: strides.list, padding: padding, dilation: dilationRate.list,
      groups: groups)
    if useBias { y += scope.parameter("bias", [filters], initializer: biasInitializer) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, filters, kernelSize, strides, padding, dilationRate, groups, activation, useBias
    case kernelInitializer, biasInitializer, kernelRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
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
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
  }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// A fully connected layer: `activation(x · kernel + bias)`.
///
/// - Shapes: `[batch, …, features] → [batch, …, units]`; kernel `[features, units]`, bias `[units]`.
public struct Dense: UnaryLayer {
  public static let kind = "Dense"
  public var identity = Identity()
  public let name: String?
  /// Number of outputs, at least 1.
  public internal(set) var units: Int
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts, what it adds to the loss, and what it is held to.
  public let kernel: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A fully connected layer of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    kernel = WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, units >= 1 else {
      return .failure(
        Self.kind, [x],
        units < 1
          ? Mismatch("it has \(units) units", "Ask for at least one.")
          : Mismatch("its input has no feature axis", "Pass [batch, …, features]."))
    }
    let kernel = scope.parameter("kernel", [x.shape[x.rank - 1], units], self.kernel)
    var y = matmul(x.floating(), kernel)
    if useBias { y += scope.parameter("bias", [units], bias) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, activation, useBias, activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("kernel", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
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
    try container.encode(units, forKey: .units)
    try container.encode(activation, forKey: .activation)
    try container.encode(useBias, forKey: .useBias)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}

extension Tensor {
  /// Whole numbers and Booleans as Float32; floating point as it is.
  func floating() -> Tensor { dtype.isFloating ? self : converted(to: .float32) }
}

import MoruArchive
public import MoruGraph
import MoruTensors

/// `gamma · (x − mean) / √(variance + epsilon) + beta`, with mean and (biased) variance of each sample
/// over all places and a group of channels; the same in training and inference.
///
/// One group is layer normalization over everything, as many groups as channels instance
/// normalization.
///
/// - Shapes: `[batch, …, channels] → [batch, …, channels]`; gamma and beta `[channels]`.
/// - Source: Wu, He 2018, arXiv:1803.08494.
public struct GroupNormalization: UnaryLayer {
  public static let kind = "GroupNormalization"
  public var identity = Identity()
  public let name: String?
  /// Number of groups, which divides the channels; −1 for one to a channel.
  public let groups: Int
  /// Keeps the square root away from 0.
  public let epsilon: Double
  /// Whether beta is added.
  public let center: Bool
  /// Whether gamma is multiplied.
  public let scale: Bool
  /// How the offsets start, what they add to the loss, and what they are held to.
  public let beta: WeightSettings
  /// How the factors start, what they add to the loss, and what they are held to.
  public let gamma: WeightSettings

  /// Normalizes each group of channels of each sample.
  public init(
    _ groups: Int = 32, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.groups = groups
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    beta = WeightSettings(betaInitializer, betaRegularizer, betaConstraint)
    gamma = WeightSettings(gammaInitializer, gammaRegularizer, gammaConstraint)
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, x.shape.elementCount > 0 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no channels", "Pass [batch, …, channels]."))
    }
    let x = x.floating()
    let channels = x.shape[x.rank - 1]
    let count = groups == -1 ? channels : groups
    guard count >= 1, channels % count == 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "\(channels) channels do not divide into \(groups) groups",
          "Choose groups that divide the channels."))
    }
    let grouped = x.reshaped(
      to: Shape(x.shape.dimensions.dropLast() + [count, channels / count]))
    let axes = Array(1..<x.rank - 1) + [x.rank]
    let mean = grouped.mean(axes: axes, keepingAxes: true)
    let variance = square(grouped - mean).mean(axes: axes, keepingAxes: true)
    var y = ((grouped - mean) * rsqrt(variance + Tensor(epsilon))).reshaped(to: x.shape)
    if scale { y *= scope.parameter("gamma", [channels], gamma) }
    if center { y += scope.parameter("beta", [channels], beta) }
    return y
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, groups, epsilon, center, scale
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("beta", "gamma"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    groups = try fields.value(.groups, default: 32)
    epsilon = try fields.number(.epsilon, default: 1e-3, in: 0...1)
    center = try fields.value(.center, default: true)
    scale = try fields.value(.scale, default: true)
    beta = try WeightSettings(decoder, "beta", default: .zeros)
    gamma = try WeightSettings(decoder, "gamma", default: .ones)
  }

  public func encode(to encoder: any Encoder) throws {
    try beta.encode(to: encoder, as: "beta")
    try gamma.encode(to: encoder, as: "gamma")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(groups, forKey: .groups)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(center, forKey: .center)
    try container.encode(scale, forKey: .scale)
  }
}

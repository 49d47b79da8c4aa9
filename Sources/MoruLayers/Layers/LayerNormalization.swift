import MoruArchive
public import MoruGraph
import MoruTensors

/// `gamma · (x − mean) / √(variance + epsilon) + beta`, with mean and (biased) variance of each
/// sample over `axes`; the same in training and inference.
///
/// - Shapes: `[batch, …, features] → [batch, …, features]`; gamma and beta have the sizes of
///   `axes`, `[features]` by default.
/// - Source: Ba, Kiros, Hinton 2016, arXiv:1607.06450.
public struct LayerNormalization: UnaryLayer {
  public static let kind = "LayerNormalization"
  public var identity = Identity()
  public let name: String?
  /// The axes to normalize over, the batch axis counted; −1 is the last.
  public let axes: [Int]
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

  /// Normalizes each sample over `axes`.
  public init(
    axes: [Int] = [-1], epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.axes = axes
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    beta = WeightSettings(betaInitializer, betaRegularizer, betaConstraint)
    gamma = WeightSettings(gammaInitializer, gammaRegularizer, gammaConstraint)
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let places = Set(axes.map { $0 < 0 ? $0 + x.rank : $0 }).sorted()
    guard places.count == axes.count, !places.isEmpty,
      places.allSatisfy((1..<max(x.rank, 2)).contains),
      x.rank >= 2
    else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "axes \(axes) are not different axes after the batch axis",
          x.rank >= 2
            ? "Choose axes in 1..<\(x.rank), or −1 for the last." : "Pass [batch, …, features]."))
    }
    let x = x.floating()
    let shape = Shape(places.map { x.shape[$0] })
    let mean = x.mean(axes: places, keepingAxes: true)
    let variance = square(x - mean).mean(axes: places, keepingAxes: true)
    var y = (x - mean) * rsqrt(variance + Tensor(epsilon))
    // A weight of the axes' sizes broadcasts once the axes between them have size 1.
    let spread = Shape((places[0]..<x.rank).map { places.contains($0) ? x.shape[$0] : 1 })
    if scale {
      y *= scope.parameter("gamma", shape, gamma).reshaped(to: spread)
    }
    if center {
      y += scope.parameter("beta", shape, beta).reshaped(to: spread)
    }
    return y
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, axes, epsilon, center, scale
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("beta", "gamma"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    axes = try fields.value(.axes, default: [-1])
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
    try container.encode(axes, forKey: .axes)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(center, forKey: .center)
    try container.encode(scale, forKey: .scale)
  }
}

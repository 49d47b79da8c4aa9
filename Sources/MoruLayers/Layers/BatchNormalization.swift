import MoruArchive
public import MoruGraph
import MoruTensors

/// `gamma · (x − mean) / √(variance + epsilon) + beta`, for each entry of the last axis.
///
/// Mean and (biased) variance are the batch's in training, and moving averages of them otherwise and
/// where the layer, or one of the averages by itself, is frozen:
/// `moving ← momentum · moving + (1 − momentum) · batch`. Time steps that the input's mask hides count
/// for neither.
///
/// - Shapes: `[batch, …, channels] → [batch, …, channels]`; all weights `[channels]`.
/// - Source: Ioffe, Szegedy 2015, arXiv:1502.03167.
public struct BatchNormalization: UnaryLayer {
  public static let kind = "BatchNormalization"
  public var identity = Identity()
  public let name: String?
  /// How slowly the moving averages follow, between 0 and 1.
  public let momentum: Double
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
  /// How the moving averages of the mean start.
  public let movingMeanInitializer: any Initializer
  /// How the moving averages of the variance start.
  public let movingVarianceInitializer: any Initializer

  /// Normalizes each entry of the last axis.
  public init(
    momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: any Initializer = .zeros, gammaInitializer: any Initializer = .ones,
    movingMeanInitializer: any Initializer = .zeros,
    movingVarianceInitializer: any Initializer = .ones,
    betaRegularizer: (any Regularizer)? = nil, gammaRegularizer: (any Regularizer)? = nil,
    betaConstraint: (any Constraint)? = nil, gammaConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    beta = WeightSettings(betaInitializer, betaRegularizer, betaConstraint)
    gamma = WeightSettings(gammaInitializer, gammaRegularizer, gammaConstraint)
    self.movingMeanInitializer = movingMeanInitializer
    self.movingVarianceInitializer = movingVarianceInitializer
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no channel axis", "Pass [batch, …, channels]."))
    }
    let mask = scope.mask(of: x)
    let x = x.floating()
    let shape: Shape = [x.shape[x.rank - 1]]
    let movingMean = scope.state("moving_mean", shape, initializer: movingMeanInitializer)
    let movingVariance = scope.state(
      "moving_variance", shape, initializer: movingVarianceInitializer)
    var (mean, variance) = (movingMean, movingVariance)
    if scope.isTraining, !scope.isFrozen("moving_mean"), !scope.isFrozen("moving_variance") {
      (mean, variance) = moments(x, mask)
      scope.update("moving_mean", moved(movingMean, mean))
      scope.update("moving_variance", moved(movingVariance, variance))
    }
    var factor = rsqrt(variance + Tensor(epsilon))
    if scale { factor = factor * scope.parameter("gamma", shape, gamma) }
    var y = (x - mean) * factor
    if center { y += scope.parameter("beta", shape, beta) }
    return y
  }

  /// Mean and (biased) variance of each channel over the steps that count.
  private func moments(_ x: Tensor, _ mask: Tensor?) -> (mean: Tensor, variance: Tensor) {
    let axes = Array(0..<x.rank - 1)
    guard let mask, mask.error == nil, x.rank >= 3 else {
      let mean = x.mean(axes: axes)
      return (mean, square(x - mean).mean(axes: axes))
    }
    let ones = [Int](repeating: 1, count: x.rank - 2)
    let shown = mask.reshaped(to: Shape(mask.shape.dimensions + ones))
    let places = x.shape.dimensions[2..<x.rank - 1].reduce(1, *)
    // Keras's small number keeps a batch that is hidden altogether from being divided by 0.
    let count = shown.converted(to: x.dtype).sum() * Tensor(Double(places)) + 1e-7
    let mean = select(shown, x, 0).sum(axes: axes) / count
    return (mean, square(select(shown, x - mean, 0)).sum(axes: axes) / count)
  }

  private func moved(_ moving: Tensor, _ batch: Tensor) -> Tensor {
    moving * Tensor(momentum) + batch.stoppingGradient() * Tensor(1 - momentum)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, momentum, epsilon, center, scale
    case movingMeanInitializer, movingVarianceInitializer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("beta", "gamma"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    momentum = try fields.number(.momentum, default: 0.99, in: 0...1)
    epsilon = try fields.number(.epsilon, default: 1e-3, in: 0...1)
    center = try fields.value(.center, default: true)
    scale = try fields.value(.scale, default: true)
    beta = try WeightSettings(decoder, "beta", default: .zeros)
    gamma = try WeightSettings(decoder, "gamma", default: .ones)
    movingMeanInitializer = try fields.initializer(.movingMeanInitializer, default: .zeros)
    movingVarianceInitializer = try fields.initializer(.movingVarianceInitializer, default: .ones)
  }

  public func encode(to encoder: any Encoder) throws {
    try beta.encode(to: encoder, as: "beta")
    try gamma.encode(to: encoder, as: "gamma")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(center, forKey: .center)
    try container.encode(scale, forKey: .scale)
    try container.encode(
      InitializerBox(movingMeanInitializer), forKey: .movingMeanInitializer)
    try container.encode(
      InitializerBox(movingVarianceInitializer), forKey: .movingVarianceInitializer)
  }
}

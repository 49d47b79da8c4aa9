import MoruArchive
public import MoruGraph
import MoruTensors

/// `gamma · (x − mean) / √(variance + epsilon) + beta`, for each entry of the last axis.
///
/// Mean and (biased) variance are the batch's in training, and moving averages of them otherwise and
/// where the layer is frozen: `moving ← momentum · moving + (1 − momentum) · batch`.
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

  /// Normalizes each entry of the last axis.
  public init(
    momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    name: String? = nil
  ) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no channel axis", "Pass [batch, …, channels]."))
    }
    let x = x.floating()
    let shape: Shape = [x.shape[x.rank - 1]]
    let movingMean = scope.state("moving_mean", shape)
    let movingVariance = scope.state("moving_variance", shape, initializer: .ones)
    var (mean, variance) = (movingMean, movingVariance)
    if scope.isTraining, !scope.isFrozen {
      let axes = Array(0..<x.rank - 1)
      mean = x.mean(axes: axes)
      variance = square(x - mean).mean(axes: axes)
      scope.update("moving_mean", moved(movingMean, mean))
      scope.update("moving_variance", moved(movingVariance, variance))
    }
    var factor = rsqrt(variance + Tensor(epsilon))
    if scale { factor = factor * scope.parameter("gamma", shape, initializer: .ones) }
    var y = (x - mean) * factor
    if center { y += scope.parameter("beta", shape, initializer: .zeros) }
    return y
  }

  private func moved(_ moving: Tensor, _ batch: Tensor) -> Tensor {
    moving * Tensor(momentum) + batch.stoppingGradient() * Tensor(1 - momentum)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, momentum, epsilon, center, scale
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    momentum = try fields.number(.momentum, default: 0.99, in: 0...1)
    epsilon = try fields.number(.epsilon, default: 1e-3, in: 0...1)
    center = try fields.value(.center, default: true)
    scale = try fields.value(.scale, default: true)
  }
}

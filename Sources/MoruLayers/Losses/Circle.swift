import MoruArchive
public import MoruGraph
import MoruTensors

/// `log(1 + Σ e^(gamma · (d + margin)(d − margin)) · Σ e^(gamma · (1 + margin − d)(1 − margin − d)))`
/// for each sample of a batch, with d the cosine distance `1 − x · y` from the samples of its class in
/// the first sum, from those of others in the second: each distance is pulled the harder the farther
/// it is from where it should be.
///
/// Embeddings are of length 1 (end the model with UnitNormalization); batches need several samples of
/// each class. Samples without a pair of either sort cost nothing.
///
/// - Shapes: target `[batch]` class numbers, prediction `[batch, features] → [batch]`.
/// - Source: Sun et al. 2020, arXiv:2002.10857, as Keras.
public struct Circle: Loss {
  public static let kind = "circle"
  /// How hard distances are pulled, above 0.
  public let gamma: Double
  /// How far distances may be from 0 and 1, at least 0.
  public let margin: Double

  /// A loss for embeddings of length 1 of samples with classes.
  public init(gamma: Double = 80, margin: Double = 0.4) {
    self.gamma = gamma
    self.margin = margin
  }

  public var takesLogits: Bool { true }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = embeddingTargets(Self.kind, target, prediction) { return failed }
    let distance = maximum(1 - matmul(prediction, prediction.transposed([1, 0])), 0)
    let (isSame, isSelf) = pairs(target, prediction.shape[0])
    let scale = Tensor(gamma)
    let pull = scale * maximum(distance + Tensor(margin), 0) * (distance - Tensor(margin))
    let push =
      scale * maximum(Tensor(1 + margin) - distance, 0) * (Tensor(1 - margin) - distance)
    return softplus(
      logSum(pull, where: isSame .& !isSelf) + logSum(push, where: !isSame))
  }

  /// `log Σ eˣ` along the last axis over the places where `condition` holds; −1e30 if nowhere.
  private func logSum(_ x: Tensor, where condition: Tensor) -> Tensor {
    let masked = select(condition, x, -1e30)
    let greatest = masked.max(axes: [-1], keepingAxes: true).stoppingGradient()
    let sum = exp(masked - greatest).sum(axes: [-1])
    return log(sum) + greatest.reshaped(to: sum.shape)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case gamma, margin }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    gamma = try fields.number(.gamma, default: 80, in: 1e-6...1e6)
    margin = try fields.number(.margin, default: 0.4, in: 0...1e6)
  }
}

extension Loss where Self == Circle {
  /// A loss for embeddings of length 1 of samples with classes.
  public static var circle: Self { .init() }
  /// A loss for embeddings of length 1 of samples with classes.
  public static func circle(gamma: Double = 80, margin: Double = 0.4) -> Self {
    .init(gamma: gamma, margin: margin)
  }
}

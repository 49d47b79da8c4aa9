import MoruArchive
public import MoruGraph
import MoruTensors

/// Draws `mean + exp(½ logVariance) · ε` with normal ε in training, so that gradients reach both
/// (reparametrisation); the mean otherwise. It adds `weight` times the divergence from the standard
/// normal distribution, `½ Σ (mean² + exp(logVariance) − 1 − logVariance)`, as a mean over the batch, to
/// the loss.
///
/// - Shapes: mean and logVariance, both `[batch, …] → [batch, …]`.
/// - Source: Kingma, Welling 2013, arXiv:1312.6114, its appendix B for the divergence; Higgins et al.
///   2017 (β-VAE, openreview Sy2fzU9gl) for a weight other than 1.
public struct GaussianSampling: MergingLayer {
  public static let kind = "GaussianSampling"
  public var identity = Identity()
  public let name: String?
  /// What the divergence is multiplied by, at least 0. A loss that is a mean over n elements of a sample
  /// needs β/n where one that is their sum needs β.
  public let weight: Double

  /// Draws from normal distributions, and holds them near the standard one.
  public init(weight: Double = 1, name: String? = nil) {
    self.weight = weight
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    guard inputs.count == 2, inputs[0].shape == inputs[1].shape, inputs[0].rank >= 2 else {
      return .failure(
        Self.kind, inputs,
        Mismatch(
          "it takes means and the logarithms of variances, [batch, …] each, of equal shapes",
          "Pass two outputs of layers of equal size."))
    }
    guard weight >= 0, weight.isFinite else {
      return .failure(
        Self.kind, inputs, Mismatch("its weight is \(weight)", "Choose one of at least 0."))
    }
    let (mean, logVariance) = (inputs[0].floating(), inputs[1].floating())
    let terms = square(mean) + exp(logVariance) - 1 - logVariance
    scope.penalize(
      terms.sum(axes: Array(1..<terms.rank)).mean() * Tensor(weight / 2))
    guard let seed = scope.seed else { return mean }
    let noise = Tensor.randomNormal(
      mean.shape, seed: seed, stream: scope.nextStream(), dtype: mean.dtype)
    return mean + exp(0.5 * logVariance) * noise
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, weight
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    weight = try fields.value(.weight, default: 1)
    guard weight >= 0, weight.isFinite else {
      throw fields.outOfRange(.weight, "at least 0, not \(weight)")
    }
  }
}

import MoruArchive
public import MoruGraph
public import MoruTensors

/// `−(1 − pₜ)^gamma · log pₜ`, the mean over the last axis, with `pₜ` the probability that the label's
/// truth is given: binary cross-entropy in which labels that are right already hardly count.
///
/// With class balancing yes is weighted by alpha and no by 1 − alpha.
///
/// - Shapes: target and prediction `[batch, …, labels] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
/// - Source: Lin et al. 2017, arXiv:1708.02002.
public struct BinaryFocalCrossentropy: AlignedLoss {
  public static let kind = "binaryFocalCrossentropy"
  /// Whether yes and no are weighted.
  public let appliesClassBalancing: Bool
  /// The weight of yes, between 0 and 1.
  public let alpha: Double
  /// How strongly easy labels are faded out, at least 0; 0 is plain cross-entropy.
  public let gamma: Double
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// How far labels are drawn towards one half, between 0 and 1.
  public let labelSmoothing: Double

  /// Cross-entropy of yes-or-no labels that looks at the hard ones.
  public init(
    appliesClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) {
    self.appliesClassBalancing = appliesClassBalancing
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var takesLogits: Bool { fromLogits }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutProbabilities(targets)
  }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? {
    complaintAboutLabels(prediction, fromLogits: fromLogits)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let target = smoothed(target, by: labelSmoothing, classes: 2)
    let p = fromLogits ? sigmoid(prediction) : prediction
    let wrong = 1 - (target * p + (1 - target) * (1 - p))
    var values =
      pow(wrong, Tensor(gamma))
      * MoruGraph.binaryCrossentropy(target, prediction, fromLogits: fromLogits)
    if appliesClassBalancing {
      values = values * (target * Tensor(alpha) + (1 - target) * Tensor(1 - alpha))
    }
    return values.mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case appliesClassBalancing, alpha, gamma, fromLogits, labelSmoothing
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    appliesClassBalancing = try fields.value(.appliesClassBalancing, default: false)
    alpha = try fields.number(.alpha, default: 0.25, in: 0...1)
    gamma = try fields.number(.gamma, default: 2, in: 0...100)
    fromLogits = try fields.value(.fromLogits, default: false)
    labelSmoothing = try fields.number(.labelSmoothing, default: 0, in: 0...1)
  }
}

extension Loss where Self == BinaryFocalCrossentropy {
  /// Cross-entropy of yes-or-no labels that looks at the hard ones.
  public static var binaryFocalCrossentropy: Self { .init() }
  /// Cross-entropy of yes-or-no labels that looks at the hard ones.
  public static func binaryFocalCrossentropy(
    appliesClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2,
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> Self {
    .init(
      appliesClassBalancing: appliesClassBalancing, alpha: alpha, gamma: gamma,
      fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}

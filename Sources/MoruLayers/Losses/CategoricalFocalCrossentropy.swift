import MoruArchive
public import MoruGraph
public import MoruTensors

/// `−Σ alpha · (1 − p)^gamma · target · log p` over the last axis: categorical cross-entropy in which
/// samples that are right already hardly count.
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`.
/// - Source: Lin et al. 2017, arXiv:1708.02002.
public struct CategoricalFocalCrossentropy: AlignedLoss {
  public static let kind = "categoricalFocalCrossentropy"
  /// The weight of each class, at least 0; one number weighs all classes.
  public let alpha: [Double]
  /// How strongly easy samples are faded out, at least 0; 0 is plain cross-entropy.
  public let gamma: Double
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The part of each target that is spread over all classes alike, between 0 and 1.
  public let labelSmoothing: Double

  /// Cross-entropy of class distributions that looks at the hard samples.
  public init(
    alpha: [Double] = [0.25], gamma: Double = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0
  ) {
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var takesLogits: Bool { fromLogits }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutDistributions(targets)
  }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? {
    guard alpha.count == 1 || alpha.count == prediction.shape.last else {
      return Mismatch(
        "alpha has \(alpha.count) numbers", "Give one for each class, or one for all of them.")
    }
    return complaintAboutDistribution(target, prediction, fromLogits: fromLogits)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let target = smoothed(target, by: labelSmoothing, classes: target.shape.last ?? 1)
    let logarithms = logProbabilities(prediction, fromLogits: fromLogits)
    let weights = Tensor(HostTensor(alpha).converted(to: prediction.dtype))
    let focus = weights * pow(-expm1(logarithms), Tensor(gamma))
    return -(focus * target * logarithms).sum(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case alpha, gamma, fromLogits, labelSmoothing
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    alpha = try fields.value(.alpha, default: [0.25])
    guard !alpha.isEmpty, alpha.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw fields.outOfRange(.alpha, "numbers of at least 0")
    }
    gamma = try fields.number(.gamma, default: 2, in: 0...100)
    fromLogits = try fields.value(.fromLogits, default: false)
    labelSmoothing = try fields.number(.labelSmoothing, default: 0, in: 0...1)
  }
}

extension Loss where Self == CategoricalFocalCrossentropy {
  /// Cross-entropy of class distributions that looks at the hard samples.
  public static var categoricalFocalCrossentropy: Self { .init() }
  /// Cross-entropy of class distributions that looks at the hard samples.
  public static func categoricalFocalCrossentropy(
    alpha: [Double] = [0.25], gamma: Double = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0
  ) -> Self {
    .init(alpha: alpha, gamma: gamma, fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}

import MoruArchive
import MoruGraph
import MoruTensors

/// `T² · Σ q · log(q / p)` over the last axis, where `q` and `p` are the target's and the prediction's
/// probabilities at temperature `T`: proportional to `probability^(1/T)`, or `softmax(logits / T)`.
/// What a student follows a teacher by; the factor keeps gradients as large as at temperature 1.
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`, both probabilities, moved into
///   [1e-7, 1], or both logits.
/// - Source: Hinton, Vinyals, Dean 2015, arXiv:1503.02531.
public struct SoftTargetDivergence: AlignedLoss {
  public static let kind = "softTargetDivergence"
  /// How much small probabilities count, above 0; above 1 they count more.
  public let temperature: Double
  /// Whether targets and predictions are logits rather than probabilities.
  public let fromLogits: Bool

  /// The divergence from a teacher's probabilities at a temperature.
  public init(temperature: Double = 3, fromLogits: Bool = false) {
    self.temperature = temperature
    self.fromLogits = fromLogits
  }

  public var takesLogits: Bool { fromLogits }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? {
    guard temperature > 0, temperature.isFinite else {
      return Mismatch("its temperature is \(temperature)", "Choose one above 0.")
    }
    return nil
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let (q, p) = (tempered(target), tempered(prediction))
    return (exp(q) * (q - p)).sum(axes: [-1]) * Tensor(temperature * temperature)
  }

  /// The logarithms of probabilities at the temperature.
  private func tempered(_ values: Tensor) -> Tensor {
    let logits = fromLogits ? values : log(clip(values, Tensor(probabilityMargin), 1))
    return logSoftmax(logits * Tensor(1 / temperature))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case temperature, fromLogits }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    temperature = try fields.number(.temperature, default: 3, in: 1e-3...1e6)
    fromLogits = try fields.value(.fromLogits, default: false)
  }
}

extension Loss where Self == SoftTargetDivergence {
  /// The divergence from a teacher's probabilities at a temperature.
  public static func softTargetDivergence(
    temperature: Double = 3, fromLogits: Bool = false
  ) -> Self {
    .init(temperature: temperature, fromLogits: fromLogits)
  }
}

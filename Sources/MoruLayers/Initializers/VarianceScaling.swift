public import MoruArchive
public import MoruTensors

/// Numbers of mean 0 and variance `scale / n`, with n the fan that `mode` names: the wider a layer,
/// the smaller its weights, so that sums over many of them stay as large as the inputs.
///
/// - Source: He et al. 2015, arXiv:1502.01852, section 2.2; the family as in Keras.
public struct VarianceScaling: Initializer {
  /// Which fan divides the scale.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// The number of inputs, which keeps the variance of signals.
    case fanIn
    /// The number of outputs, which keeps the variance of gradients.
    case fanOut
    /// The mean of both.
    case fanAvg
  }

  /// What the numbers look like.
  public enum Distribution: String, Codable, Sendable, CaseIterable {
    /// Normal, cut off at twice the standard deviation and widened to the asked variance.
    case truncatedNormal
    /// Normal.
    case untruncatedNormal
    /// Uniform, from `−√(3 · variance)` to `√(3 · variance)`.
    case uniform
  }

  public static let kind = "varianceScaling"
  /// The variance times the fan, above 0.
  public let scale: Double
  /// Which fan divides the scale.
  public let mode: Mode
  /// What the numbers look like.
  public let distribution: Distribution

  /// Numbers of variance `scale` divided by a fan.
  public init(
    scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal
  ) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
  }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    let count =
      switch mode {
      case .fanIn: Double(fan.input)
      case .fanOut: Double(fan.output)
      case .fanAvg: Double(fan.input + fan.output) / 2
      }
    let divisor = max(count, 1)
    switch distribution {
    case .truncatedNormal:
      let deviation = (scale / divisor).squareRoot() / WeightDistribution.narrowing
      return .truncatedNormal(mean: 0, standardDeviation: deviation)
    case .untruncatedNormal:
      return .normal(mean: 0, standardDeviation: (scale / divisor).squareRoot())
    case .uniform:
      let limit = (3 * scale / divisor).squareRoot()
      return .uniform(low: -limit, high: limit)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case scale, mode, distribution }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    scale = try fields.number(.scale, default: 1, in: 1e-12...1e12)
    mode = try fields.value(.mode, default: .fanIn)
    distribution = try fields.value(.distribution, default: .truncatedNormal)
  }
}

extension Initializer where Self == VarianceScaling {
  /// Numbers of variance `scale` divided by a fan.
  public static func varianceScaling(
    scale: Double = 1, mode: VarianceScaling.Mode = .fanIn,
    distribution: VarianceScaling.Distribution = .truncatedNormal
  ) -> Self {
    .init(scale: scale, mode: mode, distribution: distribution)
  }
}

/// Variance scaling whose numbers a paper has chosen.
public protocol NamedScaling: Initializer, PlainPart {
  /// What it stands for.
  static var scaling: VarianceScaling { get }
}

extension NamedScaling {
  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    Self.scaling.distribution(of: shape, fan: fan)
  }
}

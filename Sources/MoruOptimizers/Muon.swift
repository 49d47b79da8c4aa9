import MoruArchive
public import MoruGraph
import MoruTensors

/// Steps of matrices in which all directions are equally long: with `m ← momentum · m + g` and
/// `x = g + momentum · m`, the step is x with its singular values drawn towards 1, by
/// `x ← 3.4445 · x + (−4.775 · x xᵀ + 2.0315 · (x xᵀ)²) x` from `x / |x|` on, times
/// `rate · √(greatest side) · rmsRate`. Parameters that are no matrices take Adam's steps, and so do
/// embeddings, whose rows mean nothing to each other, and the layers of `excludeLayers`.
///
/// - Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon; Liu et al. 2025,
///   arXiv:2502.16982, for the step's size.
public struct Muon: Optimizer, Hashable {
  public static let kind = "muon"
  public var settings: UpdateSettings
  /// Parts of the paths of matrices that take Adam's steps, such as `dense_3`: the output layer, say.
  public let excludeLayers: [String]
  /// Whether embeddings, parameters whose path has the word, take Adam's steps.
  public let excludeEmbeddings: Bool
  /// How fast parameters that take Adam's steps shrink, for each unit of learning rate, at least 0.
  public let adamWeightDecay: Double
  /// How much of the momentum is kept, at least 0 and below 1.
  public let momentum: Double
  /// Whether the step looks ahead along the momentum.
  public let nesterov: Bool
  /// How often singular values are drawn towards 1, at least 1.
  public let iterations: Int
  /// The root mean square of a step before its rate, above 0.
  public let rmsRate: Double
  /// How slowly Adam's mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly Adam's mean square follows, at least 0 and below 1.
  public let beta2: Double
  /// Keeps Adam's divisor away from 0.
  public let epsilon: Double

  /// Steps of matrices in which all directions are equally long.
  public init(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004,
    excludeLayers: [String] = [], excludeEmbeddings: Bool = true, adamWeightDecay: Double = 0.004,
    momentum: Double = 0.95, nesterov: Bool = true, iterations: Int = 5, rmsRate: Double = 0.2,
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
  ) {
    settings = UpdateSettings(learningRate: learningRate, weightDecay: weightDecay)
    self.excludeLayers = excludeLayers
    self.excludeEmbeddings = excludeEmbeddings
    self.adamWeightDecay = adamWeightDecay
    self.momentum = momentum
    self.nesterov = nesterov
    self.iterations = iterations
    self.rmsRate = rmsRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func optimizer(of parameter: Tensor, named name: String?) -> any Optimizer {
    let path = name ?? ""
    let isEmbedding = excludeEmbeddings && path.lowercased().contains("embedding")
    let isExcluded = isEmbedding || excludeLayers.contains(where: path.contains)
    guard parameter.rank != 2 || isExcluded else { return self }
    return Adam(beta1: beta1, beta2: beta2, epsilon: epsilon).decaying(weights: adamWeightDecay)
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [.zeros(parameter.shape, dtype: parameter.dtype)]
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    slots[0] = Tensor(momentum) * slots[0] + gradient
    let ahead = nesterov ? gradient + Tensor(momentum) * slots[0] : slots[0]
    let side = Double(parameter.shape.dimensions.max() ?? 1)
    return parameter - rate * Tensor(side.squareRoot() * rmsRate) * evened(ahead)
  }

  /// The matrix with its singular values near 1.
  private func evened(_ matrix: Tensor) -> Tensor {
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = isTall ? matrix.transposed([1, 0]) : matrix
    x = x / (sqrt(square(x).sum()) + 1e-7)
    for _ in 0..<iterations {
      let squares = matmul(x, x.transposed([1, 0]))
      let drawn = -4.775 * squares + 2.0315 * matmul(squares, squares)
      x = 3.4445 * x + matmul(drawn, x)
    }
    return isTall ? x.transposed([1, 0]) : x
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case excludeLayers, excludeEmbeddings, adamWeightDecay
    case momentum, nesterov, iterations, rmsRate, beta1, beta2, epsilon
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001, weightDecay: 0.004))
    excludeLayers = try fields.value(.excludeLayers, default: [])
    excludeEmbeddings = try fields.value(.excludeEmbeddings, default: true)
    adamWeightDecay = try fields.number(.adamWeightDecay, default: 0.004, in: 0...1e6)
    momentum = try fields.fraction(.momentum, default: 0.95)
    nesterov = try fields.value(.nesterov, default: true)
    iterations = try fields.positive(.iterations, default: 5)
    rmsRate = try fields.number(.rmsRate, default: 0.2, in: 1e-12...1e12)
    beta1 = try fields.fraction(.beta1, default: 0.9)
    beta2 = try fields.fraction(.beta2, default: 0.999)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(excludeLayers, forKey: .excludeLayers)
    try container.encode(excludeEmbeddings, forKey: .excludeEmbeddings)
    try container.encode(adamWeightDecay, forKey: .adamWeightDecay)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(nesterov, forKey: .nesterov)
    try container.encode(iterations, forKey: .iterations)
    try container.encode(rmsRate, forKey: .rmsRate)
    try container.encode(beta1, forKey: .beta1)
    try container.encode(beta2, forKey: .beta2)
    try container.encode(epsilon, forKey: .epsilon)
  }
}

extension Optimizer where Self == Muon {
  /// Steps of matrices in which all directions are equally long.
  public static func muon(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004,
    excludeLayers: [String] = [], excludeEmbeddings: Bool = true, adamWeightDecay: Double = 0.004,
    momentum: Double = 0.95, nesterov: Bool = true, iterations: Int = 5, rmsRate: Double = 0.2,
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
  ) -> Self {
    .init(
      learningRate: learningRate, weightDecay: weightDecay, excludeLayers: excludeLayers,
      excludeEmbeddings: excludeEmbeddings, adamWeightDecay: adamWeightDecay, momentum: momentum,
      nesterov: nesterov, iterations: iterations, rmsRate: rmsRate,
      beta1: beta1, beta2: beta2, epsilon: epsilon)
  }
}

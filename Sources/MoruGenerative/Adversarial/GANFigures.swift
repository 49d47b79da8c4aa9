import MoruGraph
import MoruTensors

/// Sums over the steps of an epoch, by name, of what its figures are means of.
struct GANSums: TensorTree {
  /// Float64 scalars.
  private(set) var sums: [String: Tensor]

  init(zerosFor loss: GANLoss) {
    let names = Self.names(of: loss) + ["real_spread", "made_spread", "steps"]
    sums = Dictionary(
      uniqueKeysWithValues: names.map { ($0, Tensor(HostTensor.zeros([], dtype: .float64))) })
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows { try sums.visit(body) }

  /// Adds scalars of one step.
  mutating func add(_ values: [String: Tensor]) {
    for (name, value) in values {
      sums[name] = sums[name].map { $0 + value.stoppingGradient().converted(to: .float64) }
    }
  }

  /// The names of the figures that are plain means.
  private static func names(of loss: GANLoss) -> [String] {
    let losses = ["discriminator_loss", "generator_loss"]
    return losses
      + (loss == .nonSaturating
        ? ["real_accuracy", "fake_accuracy"] : ["wasserstein", "gradient_norm"])
  }

  /// The names of all figures, in order.
  static func figureNames(of loss: GANLoss) -> [String] { names(of: loss) + ["diversity"] }

  /// The figures, of the sums' values in the order of `visit`; none before the first step.
  func figures(_ values: [HostTensor], of loss: GANLoss) throws -> [String: Double] {
    var sums: [String: Double] = [:]
    for (name, value) in zip(self.sums.keys.sorted(), values) {
      sums[name] = try value.array(of: Double.self)[0]
    }
    guard let steps = sums["steps"], steps > 0 else { return [:] }
    var figures: [String: Double] = [:]
    for name in Self.names(of: loss) { figures[name] = sums[name].map { $0 / steps } }
    // A batch of one sample, and samples that are all alike, have no spread to compare with.
    if let real = sums["real_spread"], let made = sums["made_spread"], real > 0 {
      figures["diversity"] = made / real
    }
    return figures
  }
}

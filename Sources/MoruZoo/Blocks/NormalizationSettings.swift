import MoruLayers

/// How batch normalization is set throughout a network.
public struct NormalizationSettings: Sendable {
  /// What is added to the variance.
  public let epsilon: Double
  /// How slowly the moving averages follow, between 0 and 1.
  public let momentum: Double
  /// Whether each channel is multiplied by a factor of its own.
  public let scale: Bool

  /// Settings of batch normalization.
  public init(epsilon: Double = 1e-3, momentum: Double = 0.99, scale: Bool = true) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.scale = scale
  }

  /// What PyTorch does unless told otherwise; its momentum of 0.1 is the share of what is new.
  public static let torch = NormalizationSettings(epsilon: 1e-5, momentum: 0.9)

  /// A layer with these settings.
  func layer(_ name: String?) -> BatchNormalization {
    BatchNormalization(momentum: momentum, epsilon: epsilon, scale: scale, name: name)
  }
}

extension NormalizationSettings {
  /// Draws normalization and activation.
  func finished(_ x: Symbol, _ activation: ActivationFunction?, _ names: LayerNames) -> Symbol {
    let y = layer(names.normalization)(x)
    return activation.map { Activation($0, name: names.activation)(y) } ?? y
  }
}

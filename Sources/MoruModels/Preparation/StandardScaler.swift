import MoruLayers
public import MoruTensors

/// `(x − mean) / deviation` of each feature, by what is learned from; a constant feature becomes 0.
/// Missing values stay missing.
///
/// - Source: scikit-learn's class of this name; the deviation is the population's, `√(Σ(x − x̄)² / n)`.
public struct StandardScaler: Preparation, Equatable {
  /// Whether the mean is subtracted.
  public let withMean: Bool
  /// Whether the rest is divided by the deviation.
  public let withStd: Bool

  /// A scaler to mean 0 and deviation 1.
  public init(withMean: Bool = true, withStd: Bool = true) {
    self.withMean = withMean
    self.withStd = withStd
  }

  public func fitted(to values: HostTensor) throws -> FittedPreparation {
    let features = try FeatureColumns(values, for: "StandardScaler")
    let scale = features.map(empty: 1) { values in
      let mean = values.mean
      let variance = values.squaredDeviations / Double(values.count)
      // What is left of a constant by rounding is no variation.
      let error = Double(values.count) * mean * .ulpOfOne
      let bound = Double(values.count) * .ulpOfOne * variance + error * error
      return variance <= bound ? 1 : .safe(variance.squareRoot())
    }
    return FittedPreparation(
      FeatureScaling(
        center: withMean ? features.map(empty: 0, \.mean) : scale.map { _ in 0 },
        scale: withStd ? scale : scale.map { _ in 1 }))
  }
}

extension Preparation where Self == StandardScaler {
  /// `(x − mean) / deviation` of each feature.
  public static func standardScaler(
    withMean: Bool = true, withStd: Bool = true
  ) -> StandardScaler {
    StandardScaler(withMean: withMean, withStd: withStd)
  }
}

import MoruLayers
public import MoruTensors

/// `(x − median) / (q₃ − q₁)` of each feature, by what is learned from: a few values far off do not
/// matter.
///
/// - Source: scikit-learn's class of this name; quantiles are linear between neighbours.
public struct RobustScaler: Preparation, Equatable {
  /// The share of values below the range that is divided by, from 0 to below `upper`.
  public let lower: Double
  /// The share of values below its upper end, at most 1.
  public let upper: Double

  /// A scaler by the range between two quantiles.
  public init(lower: Double = 0.25, upper: Double = 0.75) {
    self.lower = lower
    self.upper = upper
  }

  public func fitted(to values: HostTensor) throws -> FittedPreparation {
    guard 0 <= lower, lower < upper, upper <= 1 else {
      throw ModelError.preparation(
        "RobustScaler", problem: "\(lower) to \(upper) are no quantiles",
        advice: "Use shares from 0 to 1, the lower one first.")
    }
    let features = try FeatureColumns(values, for: "RobustScaler")
    return FittedPreparation(
      FeatureScaling(
        center: features.map(empty: 0) { $0.quantile(0.5) },
        scale: features.map(empty: 1) { .safe($0.quantile(upper) - $0.quantile(lower)) }))
  }
}

extension Preparation where Self == RobustScaler {
  /// `(x − median) / (q₃ − q₁)` of each feature.
  public static func robustScaler(lower: Double = 0.25, upper: Double = 0.75) -> RobustScaler {
    RobustScaler(lower: lower, upper: upper)
  }
}

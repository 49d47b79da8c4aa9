import MoruLayers
public import MoruTensors

/// Fills missing values (NaN) by a figure of their feature, of what is learned from.
///
/// - Source: scikit-learn's class of this name.
public struct SimpleImputer: Preparation, Equatable {
  /// What a missing value becomes.
  public enum Strategy: Sendable, Equatable {
    case mean
    case median
    /// The most frequent value, the smallest of equally frequent ones.
    case mostFrequent
    case constant(Double)
  }

  /// What a missing value becomes.
  public let strategy: Strategy

  /// An imputer.
  public init(_ strategy: Strategy = .mean) { self.strategy = strategy }

  public func fitted(to values: HostTensor) throws -> FittedPreparation {
    let features = try FeatureColumns(values, for: "SimpleImputer")
    if case .constant(let number) = strategy {
      return FittedPreparation(Imputation(features.columns.map { _ in number }))
    }
    if let place = features.columns.firstIndex(where: \.isEmpty) {
      throw ModelError.preparation(
        "SimpleImputer", problem: "feature \(place) has no value in what is learned from",
        advice: "Leave the feature out, or fill it by a constant.")
    }
    return FittedPreparation(Imputation(features.map(empty: 0, figure)))
  }

  private func figure(_ sorted: [Double]) -> Double {
    switch strategy {
    case .mean: sorted.mean
    case .median: sorted.quantile(0.5)
    case .mostFrequent: Self.mostFrequent(sorted)
    case .constant(let number): number
    }
  }

  private static func mostFrequent(_ sorted: [Double]) -> Double {
    var best = (value: sorted[0], count: 0)
    var start = 0
    for (place, value) in sorted.enumerated() {
      if value != sorted[start] { start = place }
      if place - start + 1 > best.count { best = (value, place - start + 1) }
    }
    return best.value
  }
}

extension Preparation where Self == SimpleImputer {
  /// Fills missing values by a figure of their feature.
  public static func simpleImputer(
    _ strategy: SimpleImputer.Strategy = .mean
  ) -> SimpleImputer {
    SimpleImputer(strategy)
  }
}

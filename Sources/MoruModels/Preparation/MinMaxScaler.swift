import MoruLayers
public import MoruTensors

/// Brings each feature to a range, by the least and the greatest value of what is learned from; later
/// values may lie outside. A constant feature becomes the range's lower end.
///
/// - Source: scikit-learn's class of this name.
public struct MinMaxScaler: Preparation, Equatable {
  /// What the least value becomes.
  public let lower: Double
  /// What the greatest value becomes, above `lower`.
  public let upper: Double

  /// A scaler to a range.
  public init(lower: Double = 0, upper: Double = 1) {
    self.lower = lower
    self.upper = upper
  }

  public func fitted(to values: HostTensor) throws -> FittedPreparation {
    guard lower < upper, (upper - lower).isFinite else {
      throw ModelError.preparation(
        "MinMaxScaler", problem: "the range \(lower) to \(upper) is empty",
        advice: "Use a lower end below the upper one.")
    }
    let features = try FeatureColumns(values, for: "MinMaxScaler")
    let width = upper - lower
    let scale = features.map(empty: 1) { values -> Double in
      Double.safe(values[values.count - 1] - values[0]) / width
    }
    let least = features.map(empty: 0) { $0[0] }
    return FittedPreparation(
      FeatureScaling(
        center: least.indices.map { least[$0] - lower * scale[$0] }, scale: scale))
  }
}

extension Preparation where Self == MinMaxScaler {
  /// Brings each feature to a range.
  public static func minMaxScaler(lower: Double = 0, upper: Double = 1) -> MinMaxScaler {
    MinMaxScaler(lower: lower, upper: upper)
  }
}

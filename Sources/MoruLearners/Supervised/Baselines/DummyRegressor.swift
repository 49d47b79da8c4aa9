public import MoruData
public import MoruModels
public import MoruTensors

/// A regressor that looks at the targets of the training samples alone: what any other has to beat.
public struct DummyRegressor: ClassicalLearner {
  /// What is answered.
  public enum Strategy: String, Codable, Sendable, CaseIterable {
    /// The weighted mean: the least squared error.
    case mean
    /// The weighted median: the least absolute error. Between two middle values their mean.
    case median
  }

  /// What is answered.
  public let strategy: Strategy

  /// A baseline.
  public init(strategy: Strategy = .mean) { self.strategy = strategy }

  public var name: String { strategy.rawValue }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let samples = try Samples(data, for: name, allowsMissing: true)
    let answers = try data.numberAnswers(for: samples)
    var table = TreeTable(width: answers.width)
    table.beginTree()
    switch strategy {
    case .mean:
      table.leaf(
        weightedMeans(answers.values, width: answers.width, weights: samples.weights))
    case .median:
      table.leaf((0..<answers.width).map { median(answers.column($0), samples.weights) })
    }
    return try TrainedModel(
      table.layers(), by: name, from: data, seed: seed, output: .numbers)
  }

  private func median(_ values: [Double], _ weights: [Double]) -> Double {
    let sorted = zip(values, weights).filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
    let half = sorted.reduce(0) { $0 + $1.1 } / 2
    var sum = 0.0
    for (place, pair) in sorted.enumerated() {
      sum += pair.1
      if sum == half, place + 1 < sorted.count { return (pair.0 + sorted[place + 1].0) / 2 }
      if sum >= half { return pair.0 }
    }
    return sorted[sorted.count - 1].0
  }
}

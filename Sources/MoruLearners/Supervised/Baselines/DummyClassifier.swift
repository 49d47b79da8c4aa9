public import MoruData
public import MoruModels
public import MoruTensors

/// A classifier that looks at the classes of the training samples alone: what any other has to beat.
public struct DummyClassifier: ClassicalLearner {
  /// What is answered.
  public enum Strategy: String, Codable, Sendable, CaseIterable {
    /// Always the most frequent class, with certainty; the first of equally frequent ones.
    case mostFrequent
    /// Always the most frequent class, with the classes' shares for probabilities.
    case prior
    /// A class drawn by the classes' shares.
    case stratified
    /// A class drawn from all that occur.
    case uniform
  }

  /// What is answered.
  public let strategy: Strategy

  /// A baseline.
  ///
  /// Drawn answers depend on the place of a sample in a random partition of the features' space into
  /// at most 1024 parts: the same sample always gets the same answer.
  public init(strategy: Strategy = .prior) { self.strategy = strategy }

  public var name: String {
    switch strategy {
    case .mostFrequent: "most frequent class"
    case .prior: "class shares"
    case .stratified: "drawn by class shares"
    case .uniform: "drawn from all classes"
    }
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let samples = try Samples(data, for: name, allowsMissing: true)
    let answers = try data.classAnswers(for: samples)
    var shares = [Double](repeating: 0, count: answers.width)
    for (label, weight) in zip(answers.classes ?? [], samples.weights) {
      shares[label] += weight / samples.totalWeight
    }
    var table = TreeTable(width: answers.width)
    table.beginTree()
    switch strategy {
    case .prior: table.leaf(shares)
    case .mostFrequent:
      table.leaf(
        Self.oneHot(shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }, shares))
    case .uniform: shares = shares.map { $0 > 0 ? 1 : 0 }
    case .stratified: break
    }
    if table.count == 0 {
      var partition = RandomPartition(samples: samples, shares: shares, seed: seed)
      partition.grow(&table, depth: 10)
    }
    return try TrainedModel(
      table.layers(), by: name, from: data, seed: seed,
      output: .probabilities(labels: answers.labels ?? []))
  }

  fileprivate static func oneHot(_ place: Int, _ like: [Double]) -> [Double] {
    like.indices.map { $0 == place ? 1 : 0 }
  }
}

/// A tree whose questions and answers are drawn.
private struct RandomPartition {
  let samples: Samples
  let shares: [Double]
  var generator: SeededGenerator

  init(samples: Samples, shares: [Double], seed: Seed) {
    self.samples = samples
    self.shares = shares
    generator = seed.child("partition").generator
  }

  @discardableResult
  mutating func grow(_ table: inout TreeTable, depth: Int) -> Int {
    let place = table.leaf(DummyClassifier.oneHot(drawnClass(), shares))
    guard depth > 0 else { return place }
    let feature = Int.random(in: 0..<samples.width, using: &generator)
    let sample = Int.random(in: 0..<samples.count, using: &generator)
    let threshold = Float(samples[sample, feature])
    guard threshold.isFinite else { return place }
    let below = grow(&table, depth: depth - 1)
    let above = grow(&table, depth: depth - 1)
    table.split(
      place, feature: feature, threshold: threshold, below: below, above: above, missing: below)
    return place
  }

  private mutating func drawnClass() -> Int {
    var rest = generator.uniform() * shares.reduce(0, +)
    for (label, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return label }
    }
    return shares.lastIndex { $0 > 0 } ?? 0
  }
}

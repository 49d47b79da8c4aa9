public import MoruMetrics
public import MoruTensors

extension ModelOutput {
  /// The place of the class that each sample is given, among the labels; nil for an output that does
  /// not tell classes apart.
  ///
  /// - Parameter values: The output for some samples, `[samples, …]`.
  /// - Throws: `TensorError` if the values are not this output's.
  public func classes(of values: HostTensor) throws -> [Int]? {
    guard let labels = classLabels else { return nil }
    let width = if case .probability = meaning { 1 } else { labels.count }
    return try rows(of: values, width: width)?.map(place)
  }

  /// The probability of each class for each sample, in the order of the labels; nil for an output that
  /// does not give any.
  ///
  /// - Parameter values: The output for some samples, `[samples, …]`.
  /// - Throws: `TensorError` if the values are not this output's.
  public func probabilities(of values: HostTensor) throws -> [[Double]]? {
    switch meaning {
    case .probabilities(let labels): try rows(of: values, width: labels.count)
    case .probability: try rows(of: values, width: 1)?.map { [1 - $0[0], $0[0]] }
    case .scores, .labelSet, .value, .numbers: nil
    }
  }

  /// The names of the classes that the output tells apart; nil if it does not.
  public var classLabels: [String]? {
    switch meaning {
    case .probabilities(let labels), .scores(let labels), .probability(let labels): labels
    case .labelSet, .value, .numbers: nil
    }
  }

  /// Whether the output gives the probability of each class.
  var givesProbabilities: Bool {
    switch meaning {
    case .probabilities, .probability: true
    case .scores, .labelSet, .value, .numbers: false
    }
  }

  /// The class that an answer gives: as the decision says, or the first of the greatest, as the accuracy
  /// metric has it.
  func place(_ numbers: [Double]) -> Int {
    if let decision, givesProbabilities, let labels = classLabels {
      return decision.place(
        numbers.count == 1 ? [1 - numbers[0], numbers[0]] : numbers, labels: labels)
    }
    if case .probability = meaning { return numbers[0] > 0.5 ? 1 : 0 }
    return numbers.indices.reduce(0) { numbers[$1] > numbers[$0] ? $1 : $0 }
  }

  /// The decision as a rule over the scores of each class.
  ///
  /// - Throws: `MetricsError` for costs that no rule can be made of.
  public func rule() throws(MetricsError) -> DecisionRule {
    guard let decision, givesProbabilities, let labels = classLabels else { return .greatest }
    switch decision {
    case .costs(let costs):
      let even = try ClassShares(labels.map { _ in 1 / Double(labels.count) })
      return .cheapest(costs, try PriorCorrection(trained: even, field: even))
    case .threshold(let threshold, let label):
      return labels.firstIndex(of: label).map { .threshold(threshold, of: $0) } ?? .greatest
    }
  }

  private func rows(of values: HostTensor, width: Int) throws -> [[Double]]? {
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    guard numbers.count == (values.shape.first ?? 0) * width else { return nil }
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }
}

public import MoruMetrics
public import MoruTensors

extension ModelOutput {
  /// The place of the class that each sample is given, among the labels; nil for an output that does
  /// not tell classes apart.
  ///
  /// - Parameter values: The output for some samples, `[samples, …]`.
  /// - Throws: `TensorError` if the values are not this output's; `MetricsError` for values that are not
  ///   finite, and a rule that does not fit them.
  public func classes(of values: HostTensor) throws -> [Int]? {
    try classScores(of: values).map { try (rule ?? .greatest).answers(to: $0) }
  }

  /// The probability of each class for each sample, in the order of the labels; nil for an output that
  /// does not give any.
  ///
  /// - Parameter values: The output for some samples, `[samples, …]`.
  /// - Throws: As ``classes(of:)``.
  public func probabilities(of values: HostTensor) throws -> NumberTable? {
    givesProbabilities ? try classScores(of: values) : nil
  }

  /// The names of the classes that the output tells apart; nil if it does not.
  public var classLabels: [String]? {
    switch meaning {
    case .probabilities(let labels), .scores(let labels), .probability(let labels): labels
    case .labelSet, .value, .forecast, .numbers: nil
    }
  }

  /// Which quantiles are forecast of each step ahead; nil for an output of other meaning.
  public var quantiles: [Double]? {
    if case .forecast(let quantiles) = meaning { quantiles } else { nil }
  }

  /// Whether the output gives the probability of each class.
  var givesProbabilities: Bool {
    switch meaning {
    case .probabilities, .probability: true
    case .scores, .labelSet, .value, .forecast, .numbers: false
    }
  }

  /// - Throws: `ModelError.notProbabilities` for a rule where there are no probabilities; `MetricsError`
  ///   for a rule of other classes.
  func checkRule() throws {
    guard let rule else { return }
    guard givesProbabilities, let labels = classLabels else {
      throw ModelError.notProbabilities(outputs: [name])
    }
    try rule.check(classCount: labels.count)
  }

  private func classScores(of values: HostTensor) throws -> NumberTable? {
    guard let labels = classLabels else { return nil }
    let isOfYes = if case .probability = meaning { true } else { false }
    let width = isOfYes ? 1 : labels.count
    guard values.count == (values.shape.first ?? 0) * width else { return nil }
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    return try isOfYes
      ? NumberTable(rows: numbers.map { [1 - $0, $0] }) : NumberTable(numbers, width: width)
  }
}

extension TrainedModel {
  /// The same model with another way to decide between its classes, wherever it is asked from then on.
  ///
  /// - Parameter rule: Nil for the class of the greatest score.
  /// - Throws: `ModelError.notProbabilities` unless the model has one output of probabilities;
  ///   `MetricsError` for a rule of other classes.
  public func with(rule: DecisionRule?) throws -> TrainedModel {
    let places = signature.outputs.indices.filter { signature.outputs[$0].givesProbabilities }
    guard places.count == 1, let place = places.first else {
      throw ModelError.notProbabilities(outputs: signature.outputs.map(\.name))
    }
    var changed = signature
    changed.outputs[place].rule = rule
    return try TrainedModel(layer: layer, weights: weights, signature: changed, training: training)
  }
}

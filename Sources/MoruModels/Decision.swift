public import MoruMetrics

/// How an output's probabilities become one class, where the likeliest one is not what is wanted. It
/// travels with the model, so that whoever asks it decides alike.
public enum Decision: Codable, Sendable, Equatable {
  /// The class of least expected cost.
  case costs(CostMatrix)
  /// The class of this label if its probability is above the threshold, else the likeliest other one.
  case threshold(Double, of: String)

  /// The place of the class that probabilities lead to.
  func place(_ probabilities: [Double], labels: [String]) -> Int {
    var open = Array(probabilities.indices)
    switch self {
    // A package's file may say anything.
    case .costs(let costs) where costs.classCount == probabilities.count:
      return costs.decision(probabilities)
    case .costs: break
    case .threshold(let threshold, let label):
      let wanted = labels.firstIndex(of: label)
      if let wanted, probabilities[wanted] > threshold { return wanted }
      open.removeAll { $0 == wanted }
    }
    return open.reduce(open.first ?? 0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
  }
}

extension TrainedModel {
  /// The same model with a way to decide between its classes, wherever it is asked from then on.
  ///
  /// - Parameter decision: Nil for the likeliest class.
  /// - Throws: `ModelError.decision` unless the model has one output of probabilities that the decision
  ///   fits.
  public func with(decision: Decision?) throws -> TrainedModel {
    let places = signature.outputs.indices.filter { signature.outputs[$0].givesProbabilities }
    guard places.count == 1, let place = places.first,
      let labels = signature.outputs[place].classLabels
    else {
      throw ModelError.decision("the model has not one output of probabilities")
    }
    switch decision {
    case .costs(let costs) where costs.classCount != labels.count:
      throw ModelError.decision(
        "the costs are of \(costs.classCount) classes, the output of \(labels.count)")
    case .threshold(let threshold, let label)
    where !threshold.isFinite || !labels.contains(label):
      throw ModelError.decision(
        "'\(label)' above \(threshold) is no threshold for the classes \(labels)")
    case .costs, .threshold, nil: break
    }
    var changed = signature
    changed.outputs[place].decision = decision
    return try TrainedModel(
      layer: layer, weights: weights, signature: changed, training: training)
  }
}

public import MoruCPU
public import MoruData
public import MoruGraph
import MoruMetrics
public import MoruModels
import MoruTensors

extension TrainedModel {
  /// The same model with the threshold for each label that gives its F-score the greatest value on
  /// validation data.
  ///
  /// Choose them on data that the model neither learned from nor is judged by. They belong to these
  /// weights: training on makes a model without.
  ///
  /// - Parameters:
  ///   - data: Samples with sets of labels for every output that gives such.
  ///   - beta: How many times as much recall counts as precision, above 0.
  /// - Throws: `ModelError.noLabelSet` for a model without such an output; `TrainingError.noTarget` if
  ///   the data have no sets of labels for one; `MetricsError` for empty data.
  public func choosingThresholds(
    on data: Dataset, beta: Double = 1, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    let outputs = signature.outputs.filter {
      if case .labelSet = $0.meaning { true } else { false }
    }
    guard !outputs.isEmpty else {
      throw ModelError.noLabelSet(nil, outputs: signature.outputs.map(\.name))
    }
    let scores = try await predictions(data, on: executor)
    var model = self
    for output in outputs {
      let target = data.targets.first { signature.outputs.count == 1 || $0.name == output.name }
      guard case .labelSets(let truth, _)? = target?.values, let scores = scores[output.name] else {
        throw TrainingError.noTarget
      }
      model = try model.with(
        thresholds: LabelThresholds(maximizingFScoreOf: truth, scores: scores, beta: beta),
        of: output.name)
    }
    return model
  }
}

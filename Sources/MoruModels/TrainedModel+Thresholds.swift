public import MoruMetrics

extension TrainedModel {
  /// The same model with thresholds above which its labels count as given, wherever it is asked from
  /// then on.
  ///
  /// - Parameter output: The output of labels; may be nil if there is only one.
  /// - Throws: `ModelError.noLabelSet` if there is no such output, or several; `.thresholds` unless there
  ///   is one finite threshold for each label.
  public func with(
    thresholds: LabelThresholds, of output: String? = nil
  ) throws -> TrainedModel {
    let places = signature.outputs.indices.filter { place in
      guard case .labelSet = signature.outputs[place].meaning else { return false }
      return output.map { $0 == signature.outputs[place].name } ?? true
    }
    guard places.count == 1, let place = places.first,
      case .labelSet(let labels, _) = signature.outputs[place].meaning
    else {
      throw ModelError.noLabelSet(output, outputs: signature.outputs.map(\.name))
    }
    guard thresholds.values.count == labels.count, thresholds.values.allSatisfy(\.isFinite) else {
      throw ModelError.thresholds(found: thresholds.values.count, labels: labels.count)
    }
    let old = signature.outputs[place]
    var changed = signature
    changed.outputs[place] = ModelOutput(
      name: old.name, dtype: old.dtype, shape: old.shape,
      meaning: .labelSet(labels: labels, thresholds: thresholds))
    return try TrainedModel(
      layer: layer, weights: weights, signature: changed, training: training)
  }
}

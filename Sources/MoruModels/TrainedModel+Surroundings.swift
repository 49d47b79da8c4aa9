import MoruLayers
public import MoruMetrics
import MoruTensors
import MoruTensors

// Layers before and behind a trained model.

extension TrainedModel {
  /// The model behind steps that take another input.
  func preceded(by steps: [FittedPreparation], input: ModelInput) throws -> TrainedModel {
    try surrounded(
      steps.map(\.layer) + parts, ModelSignature(inputs: [input], outputs: signature.outputs),
      weightsBefore: steps.flatMap(\.weights))
  }

  /// The model whose probabilities, or scores before a softmax, are brought from the class ratio that
  /// was learned from to the field's, wherever it is asked from then on. Outputs of other meaning are
  /// left alone.
  ///
  /// - Throws: `ModelError.preparation` for a model of several outputs of which one tells classes apart,
  ///   and for another number of classes.
  public func corrected(by correction: PriorCorrection) throws -> TrainedModel {
    guard correction.trained != correction.field,
      let output = signature.outputs.first(where: { $0.classLabels != nil })
    else { return self }
    let (trained, field) = (correction.trained.values, correction.field.values)
    guard signature.outputs.count == 1, output.classLabels?.count == field.count else {
      throw ModelError.preparation(
        "PriorShift",
        problem: "the model has \(signature.outputs.count) outputs, the first of classes "
          + "\(output.classLabels ?? []), and the field \(field.count) shares",
        advice: "Correct models of one output, by a share for each class.")
    }
    let fromLogits = if case .scores = output.meaning { true } else { false }
    // Of a class that neither has, nothing was learned; its share must not divide by 0.
    let shift = PriorShift(
      trained: trained.map { $0 == 0 ? 1 : $0 }, field: field, fromLogits: fromLogits)
    return try surrounded(parts + [shift], signature)
  }

  /// The model as layers one after another.
  private var parts: [any Layer] { (layer as? Sequential)?.layers ?? [layer] }

  private func surrounded(
    _ layers: [any Layer], _ signature: ModelSignature, weightsBefore: [HostTensor] = []
  ) throws -> TrainedModel {
    let whole = Sequential(layers)
    // What stands behind has no weights, so that those of the model come in the same order.
    let declaration = try whole.declaration(inputs: signature.inputs.map(\.type))
    let weights = Dictionary(
      uniqueKeysWithValues: zip(
        declaration.weights.map(\.path), weightsBefore + orderedWeights))
    return try TrainedModel(
      layer: whole, weights: weights, signature: signature, training: training)
  }
}

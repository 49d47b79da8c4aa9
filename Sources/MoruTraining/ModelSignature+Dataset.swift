package import MoruData
import MoruGraph
package import MoruLayers
package import MoruModels
import MoruTensors

extension ModelSignature {
  /// What a model that learns from `data` takes and gives.
  ///
  /// Inputs and outputs have the names that the model gives them, else those of the data, if there
  /// are as many.
  ///
  /// - Throws: `GraphError` if the layer is not defined for the data; `TrainingError` for an
  ///   objective that does not fit the outputs and an output that does not fit its target.
  package init(layer: any Layer, data: Dataset, objective: Objective) throws {
    let features = data.signature
    let inputNames = layer.inputNames ?? features.map(\.name)
    let inputs = try zip(
      inputNames, pairs(inputNames, with: features.map(\.name), what: .feature)
    ).map { name, place in
      ModelInput(features[place], of: data, name: name)
    }
    let types = try layer.declaration(inputs: inputs.map(\.type)).outputs
    let names =
      [layer.outputNames, data.targets.map(\.name)].lazy.compactMap { $0 }
      .first { $0.count == types.count } ?? defaultNames("output", count: types.count)
    let bound = try BoundObjective(objective, outputs: names)
    var meanings = types.map { _ in OutputMeaning.numbers }
    for (part, target) in zip(bound.parts, try data.targets(of: bound)) {
      let shape = Shape(Array(types[part.place].shape.dropFirst()))
      do throws(TrainingError) {
        meanings[part.place] = try Self.meaning(
          shape: shape, target: target, data: data,
          isProbability: part.loss?.takesLogits != true)
      } catch { throw bound.isOfMany ? .output(part.output, error) : error }
    }
    self.init(
      inputs: inputs,
      outputs: zip(names, zip(types, meanings)).map { name, output in
        ModelOutput(
          name: name, dtype: output.0.dtype,
          shape: Shape(Array(output.0.shape.dropFirst())), meaning: output.1)
      })
  }

  private static func meaning(
    shape: Shape, target: Dataset.Target, data: Dataset, isProbability: Bool
  ) throws(TrainingError) -> OutputMeaning {
    switch target.values {
    case .classes(_, let labels):
      return try meaning(shape: shape, classes: labels, isProbability: isProbability)
    case .labelSets(_, let labels):
      guard shape.rank == 1 else { throw .outputShape(found: shape, classes: labels.count) }
      guard shape[0] == labels.count else {
        throw .tooManyClasses(classes: labels.count, outputs: shape[0])
      }
      return isProbability ? .labelSet(labels: labels) : .numbers
    case .values:
      return shape.elementCount == 1 ? .value(of: target, in: data) : .numbers
    case .tensor:
      guard let labels = target.labels, shape == [labels.count] else { return .numbers }
      return try meaning(shape: shape, classes: labels, isProbability: isProbability)
    }
  }

  private static func meaning(
    shape: Shape, classes labels: [String], isProbability: Bool
  ) throws(TrainingError) -> OutputMeaning {
    if shape == [1] {
      guard labels.count == 2 else {
        throw .tooManyClasses(classes: labels.count, outputs: 2)
      }
      return isProbability ? .probability(labels: labels) : .numbers
    }
    guard shape.rank == 1 else { throw .outputShape(found: shape, classes: labels.count) }
    guard shape[0] >= labels.count else {
      throw .tooManyClasses(classes: labels.count, outputs: shape[0])
    }
    guard shape[0] == labels.count else { return .numbers }
    return isProbability ? .probabilities(labels: labels) : .scores(labels: labels)
  }
}

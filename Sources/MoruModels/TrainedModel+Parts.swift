import MoruArchive
import MoruGraph
import MoruLayers
public import MoruTensors

// Parts of a trained model: sub-models, weights by path, and what further training leaves alone.

extension TrainedModel {
  /// The part of the model that leads to some inner values, such as the feature maps of a layer, with
  /// the weights that it needs.
  ///
  /// - Parameter outputs: Names of the model's outputs, or paths of layers as `summary()` has them; of
  ///   a layer that is called several times the first call's output is meant.
  /// - Parameter inputs: Where the part begins: names of the model's inputs, or paths of layers, whose
  ///   outputs become inputs. Nil for the model's inputs, as far as they are needed.
  /// - Returns: A model whose outputs have the given names.
  /// - Throws: `LayerError.unknownPath` with the nearest name; `.disconnected` if the outputs need more
  ///   than `inputs`; `.whole` for a layer that lies in one that is not cut.
  public func subModel(outputs: [String], inputs: [String]? = nil) throws -> TrainedModel {
    let part = try layer.cut(
      at: outputs, from: inputs, inputs: signature.inputs.map { ($0.name, $0.type) },
      outputNames: signature.outputs.map(\.name))
    let declaration = try part.declaration(inputs: part.inputs)
    let partInputs = zip(part.inputNames ?? [], part.inputs).map { name, type in
      signature.inputs.first { $0.name == name && $0.type == type }
        ?? ModelInput(name: name, dtype: type.dtype, shape: type.shape, content: InputContent())
    }
    let partOutputs = zip(outputs, declaration.outputs).map { name, type in
      signature.outputs.first { $0.name == name }
        ?? ModelOutput(
          name: name, dtype: type.dtype, shape: Shape(Array(type.shape.dropFirst())),
          meaning: .numbers)
    }
    let paths = Set(declaration.weights.map(\.path))
    return try TrainedModel(
      layer: part, weights: weights.filter { paths.contains($0.key) },
      signature: ModelSignature(inputs: partInputs, outputs: partOutputs))
  }

  /// The model with another one behind it, which takes what this one gives: to put parts of several
  /// models together.
  ///
  /// ```swift
  /// let mixed = try one.subModel(outputs: ["mean"])
  ///   .followed(by: other.subModel(outputs: ["output"], inputs: ["mean"]))
  /// ```
  ///
  /// Weights of both keep their values; their paths are those of layers one after another, as
  /// `summary()` shows them.
  ///
  /// - Parameter other: A model of one input.
  /// - Throws: `ModelError.graft` unless this model has one output, which the other one takes;
  ///   `.sharedLayers` if a layer with weights is in both; `GraphError` if the other is not defined for it.
  public func followed(by other: TrainedModel) throws -> TrainedModel {
    let (outputs, inputs) = (signature.outputs, other.signature.inputs)
    guard outputs.count == 1, inputs.count == 1, signature.inputs.count == 1,
      outputs[0].dtype == inputs[0].dtype, outputs[0].shape == inputs[0].shape
    else {
      throw ModelError.graft(
        gives: outputs.map { "\($0.name) \($0.dtype.shortName)\($0.shape)" },
        takes: inputs.map { "\($0.name) \($0.dtype.shortName)\($0.shape)" })
    }
    let whole = Sequential([layer, other.layer])
    let paths = try whole.declaration(inputs: signature.inputs.map(\.type)).weights.map(\.path)
    let values = orderedWeights + other.orderedWeights
    guard paths.count == values.count else { throw ModelError.sharedLayers }
    return try TrainedModel(
      layer: whole, weights: Dictionary(uniqueKeysWithValues: zip(paths, values)),
      signature: ModelSignature(inputs: signature.inputs, outputs: other.signature.outputs))
  }

  /// The model with other values for some weights.
  ///
  /// - Parameter values: By path, as `weights` has them.
  /// - Throws: `LayerError.unknownPath` with the nearest path; `.weightMismatch` for a value of another
  ///   type or shape.
  public func settingWeights(_ values: [String: HostTensor]) throws -> TrainedModel {
    try declaration.check(values)
    return try TrainedModel(
      layer: layer, weights: weights.merging(values) { $1 }, signature: signature,
      training: training)
  }

  /// The model before its first batch: states that layers of a `statefulBatchSize` keep from batch to
  /// batch are zeros again.
  public func resettingStates() throws -> TrainedModel {
    try settingWeights(declaration.carriedStates)
  }

  /// The model with weights that further training leaves as they are, beside those that it does
  /// already: they get no gradient, and batch normalization among them keeps its statistics.
  ///
  /// - Parameter paths: Layers and weights, such as `base`, `base/block1` or `dense/kernel`; all of the
  ///   model if there are none.
  /// - Throws: `LayerError.unknownPath` with the nearest path that has weights.
  public func frozen(_ paths: String...) throws -> TrainedModel {
    let weightPaths = declaration.weights.map { $0.path.split(separator: "/") }
    for path in paths {
      let names = path.split(separator: "/")
      guard names.isEmpty || !weightPaths.contains(where: { $0.starts(with: names) }) else {
        continue
      }
      let known = weightPaths.flatMap { path in
        path.indices.map { path[...$0].joined(separator: "/") }
      }
      throw LayerError.unknownPath(
        path, of: "layer with weights", nearest: nearest(path, among: known))
    }
    return try with(Frozen(layer, paths: paths.isEmpty ? nil : paths))
  }

  /// The model all of whose weights follow gradients again.
  ///
  /// - Throws: Nothing that was not thrown when the model was made.
  public func unfrozen() throws -> TrainedModel { try with(layer.unfrozen()) }

  private func with(_ layer: any Layer) throws -> TrainedModel {
    try TrainedModel(layer: layer, weights: weights, signature: signature, training: training)
  }
}

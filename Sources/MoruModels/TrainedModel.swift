import MoruArchive
package import MoruGraph
public import MoruLayers
public import MoruTensors

/// A model with its weights, its preprocessing and the record of its training: what is saved,
/// registered and served.
public struct TrainedModel: Sendable {
  /// The structure.
  public let layer: any Layer
  /// Every weight by path.
  public let weights: [String: HostTensor]
  /// What it takes and gives.
  public let signature: ModelSignature
  /// How it came about; nil if it was not trained here.
  public let training: TrainingRecord?
  /// The structure's weights and output types.
  public let declaration: Declaration

  /// A model with values for all of its weights.
  ///
  /// - Throws: `GraphError` if the layer is not defined for the signature's inputs; `LayerError` if
  ///   a weight is missing or of another shape; what an output's rule does not fit.
  public init(
    layer: any Layer, weights: [String: HostTensor], signature: ModelSignature,
    training: TrainingRecord? = nil
  ) throws {
    let declaration = try layer.declaration(inputs: signature.inputs.map(\.type))
    _ = try declaration.weights(from: weights)
    for output in signature.outputs { try output.checkRule() }
    self.layer = layer
    self.weights = weights
    self.signature = signature
    self.training = training
    self.declaration = declaration
  }

  /// Samples in each batch, if layers keep states from batch to batch; nil if any number will do.
  public var statefulBatchSize: Int? { declaration.statefulBatchSize }

  /// A table of the layers with output shapes and parameter counts.
  ///
  /// - Throws: `GraphError` if the model is not defined for its own signature.
  public func summary() throws -> String {
    try layer.summary(inputs: signature.inputs.map(\.type))
  }

  /// The graph that computes the outputs for a batch of a given size.
  ///
  /// Resident are the weights, in the order of the declaration. States that batches leave to the next
  /// are updated.
  package func inferenceGraph(batch: Int) throws -> Graph { try drawing(batch: batch).graph() }

  /// The model drawn on a batch of a given size.
  package func drawing(batch: Int) -> ModelDrawing {
    let inputs = signature.inputs.map { input in
      Tensor.placeholder(TensorType(input.dtype, Shape([batch] + input.shape.dimensions)))
    }
    let resident = declaration.weights.map { Tensor.placeholder($0.type) }
    var traced = Weights()
    for (weight, tensor) in zip(declaration.weights, resident) {
      if weight.isTrainable {
        traced.parameters[weight.path] = tensor
      } else {
        traced.state[weight.path] = tensor
      }
    }
    let scope = Scope(weights: traced)
    let outputs = scope.draw(layer, inputs)
    return ModelDrawing(
      declaration: declaration, inputs: inputs, resident: resident, outputs: outputs,
      state: scope.updatedWeights.state)
  }

  /// The values of the weights in the order of the declaration.
  package var orderedWeights: [HostTensor] { declaration.weights.compactMap { weights[$0.path] } }
}

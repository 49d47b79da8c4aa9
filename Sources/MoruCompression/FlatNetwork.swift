import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// A trained model as the calls of its innermost layers, which other layers can take the place of.
struct FlatNetwork {
  private let model: TrainedModel
  private let network: Model
  /// The calls and how they hang together, the inputs first.
  let graph: LayerGraph

  init(_ model: TrainedModel) throws {
    let whole = try model.unfrozen()
    let flat = try whole.subModel(outputs: whole.signature.outputs.map(\.name))
    guard let network = flat.layer as? Model else {
      throw CompressionError.noNetwork("\(type(of: model.layer).kind)")
    }
    self.model = model
    self.network = network
    graph = try network.layerGraph(
      inputs: model.signature.inputs.map { ($0.name, $0.type) },
      outputNames: model.signature.outputs.map(\.name))
  }

  /// The layers in the order of their calls; a layer that is called several times comes as often.
  var layers: [(path: String, layer: any Layer)] { network.calls }

  /// The value of a weight, in Float32.
  func weight(_ path: String) -> HostTensor? { model.weights[path] }

  /// The model with other layers at some paths.
  ///
  /// - Parameter weights: What changes of the weights: new values by path, nil for those that go.
  func model(
    replacing layers: [String: any Layer], weights: [String: HostTensor?]
  ) throws -> TrainedModel {
    var values = model.weights
    for (path, value) in weights { values[path] = value }
    return try TrainedModel(
      layer: network.replacing(layers), weights: values, signature: model.signature,
      training: model.training)
  }
}

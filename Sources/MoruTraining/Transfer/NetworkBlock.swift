import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Layers of a network between two places through which everything passes: a convolution with its
/// normalization in a chain, a whole residual block where there are shortcuts.
///
/// What follows a block without a kernel of its own, such as pooling, belongs to it.
public struct NetworkBlock: Sendable, Equatable {
  /// The path of its last layer: where a base can be made to end.
  public let name: String
  /// The paths of its layers that have weights.
  public let layers: [String]

  /// The blocks of a model of one input and one output, first to last.
  static func blocks(of model: TrainedModel) throws -> [NetworkBlock] {
    let graph = try model.layerGraph()
    // The last node that each node leads to.
    var lastUses = Array(graph.nodes.indices)
    for (place, node) in graph.nodes.enumerated() {
      for input in node.inputs { lastUses[input] = place }
    }
    // Of a layer that is called several times, a cut takes the first call.
    let calls = Dictionary(grouping: graph.nodes, by: \.path).mapValues(\.count)
    let matrices = model.declaration.weights.filter { $0.type.shape.rank >= 2 }.map(\.path)
    var found: [(block: NetworkBlock, hasKernel: Bool)] = []
    var (layers, reach): ([String], Int) = ([], 0)
    for (place, node) in graph.nodes.enumerated() {
      if node.weightCount > 0 { layers.append(node.path) }
      defer { reach = max(reach, lastUses[place]) }
      let isEnd = reach <= place && calls[node.path] == 1
      guard node.kind != nil, isEnd || place == graph.nodes.count - 1 else { continue }
      let hasKernel = layers.contains { layer in
        matrices.contains { $0.hasPrefix(layer + "/") }
      }
      if let last = found.last, !hasKernel || !last.hasKernel {
        found.removeLast()
        layers = last.block.layers + layers
        found.append((NetworkBlock(name: node.path, layers: layers), hasKernel || last.hasKernel))
      } else {
        found.append((NetworkBlock(name: node.path, layers: layers), hasKernel))
      }
      layers = []
    }
    return found.map(\.block)
  }
}

extension TrainedModel {
  /// How the innermost layers hang together.
  func layerGraph() throws -> LayerGraph {
    try layer.layerGraph(
      inputs: signature.inputs.map { ($0.name, $0.type) },
      outputNames: signature.outputs.map(\.name))
  }
}

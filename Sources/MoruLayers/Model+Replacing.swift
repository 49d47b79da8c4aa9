extension Model {
  /// The calls of a model that was cut out of another one, in order: paths of weights, and layers.
  package var calls: [(path: String, layer: any Layer)] {
    nodes.map { ($0.path ?? "", $0.layer.layer) }
  }

  /// The same model, identity included, with other layers at some paths, where their weights will be.
  package func replacing(_ layers: [String: any Layer]) -> Model {
    var copy = self
    copy.nodes = nodes.map { node in
      guard let layer = node.path.flatMap({ layers[$0] }) else { return node }
      return Node(layer: LayerBox(layer), inputs: node.inputs, path: node.path)
    }
    return copy
  }
}

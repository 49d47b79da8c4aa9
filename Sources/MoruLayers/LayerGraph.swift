package import MoruGraph
import MoruTensors

/// The calls of a model's innermost layers and how they hang together, for drawings.
package struct LayerGraph: Sendable {
  /// An input, or a call of a layer.
  package struct Node: Sendable {
    /// The layer's path; the name of an input.
    package let path: String
    /// The layer's kind; nil for an input.
    package let kind: String?
    /// Type of the first output, batch axis first.
    package let output: TensorType
    /// Number of elements of its weights, and whether gradients change any of them.
    package let weightCount: Int
    package let isTrainable: Bool
    /// Places of the nodes that it is called on, all before its own.
    package let inputs: [Int]
  }

  /// The inputs, then the calls in order.
  package let nodes: [Node]
  /// The outputs: names, and places of the nodes that make them.
  package let outputs: [(name: String, node: Int)]
}

extension Layer {
  /// How the model's innermost layers hang together.
  ///
  /// - Parameter inputs: Names and types of the inputs, without the batch axis.
  /// - Parameter outputNames: Names of the outputs.
  /// - Throws: `GraphError` if the model is not defined for such inputs.
  package func layerGraph(
    inputs: [(name: String, type: TensorType)], outputNames: [String]?
  ) throws -> LayerGraph {
    let declaration = try declaration(inputs: inputs.map(\.type))
    var plan = FlatPlan(declaration.calls, opening: nil)
    let outputs = plan.trace(self, inputs.indices.map { Model.Port(node: -1, index: $0) })
    // The nth call of a path is the nth node with it.
    var types = Dictionary(grouping: declaration.calls, by: \.path).mapValues {
      $0.map(\.output)[...]
    }
    func place(_ port: Model.Port) -> Int {
      port.node < 0 ? port.index : inputs.count + port.node
    }
    let ends = inputs.map { input in
      LayerGraph.Node(
        path: input.name, kind: nil, output: input.type.batched, weightCount: 0,
        isTrainable: false, inputs: [])
    }
    let calls = plan.nodes.map { node in
      let path = node.path ?? ""
      let weights = declaration.weights.filter { path.isEmpty || $0.path.hasPrefix(path + "/") }
      return LayerGraph.Node(
        path: path, kind: Scope.kind(of: node.layer.layer),
        output: types[path]?.popFirst() ?? declaration.outputs[0],
        weightCount: weights.reduce(0) { $0 + $1.type.shape.elementCount },
        isTrainable: weights.contains(where: \.isTrainable), inputs: node.inputs.map(place))
    }
    let names = outputNames ?? defaultNames("output", count: outputs.count)
    return LayerGraph(
      nodes: ends + calls, outputs: zip(names, outputs).map { ($0, place($1)) })
  }
}

extension TensorType {
  /// The type of a batch of one of such samples.
  fileprivate var batched: TensorType { TensorType(dtype, Shape([1] + shape.dimensions)) }
}

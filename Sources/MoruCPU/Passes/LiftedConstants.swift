package import MoruGraph
package import MoruTensors

extension Graph {
  /// The graph with constants of several elements as further inputs, and their values: computations
  /// that differ in their data alone become one. Scalars stay, since kernels are made for them.
  package func liftingConstants() -> (graph: Graph, values: [HostTensor]) {
    var lifted: [Value] = []
    var values: [HostTensor] = []
    var rest: [Node] = []
    for node in nodes {
      if case .constant(let value) = node.primitive, value.shape.elementCount > 1 {
        lifted += node.results
        values.append(value)
      } else {
        rest.append(node)
      }
    }
    let graph = Graph(
      types: types, inputs: inputs + lifted, resident: resident, nodes: rest, results: results,
      updates: updates)
    return (graph, values)
  }
}

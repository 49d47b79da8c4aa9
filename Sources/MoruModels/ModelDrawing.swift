package import MoruGraph
import MoruLayers
import MoruTensors

/// A model drawn on a batch: what its graph is made of.
package struct ModelDrawing {
  let declaration: Declaration
  let inputs: [Tensor]
  let resident: [Tensor]
  let state: [String: Tensor]
  /// The model's outputs.
  package let outputs: [Tensor]
  /// What it computes of weights, outside of loops, in the order in which it is drawn.
  package let products: [WeightedProduct]

  init(
    declaration: Declaration, inputs: [Tensor], resident: [Tensor], outputs: [Tensor],
    state: [String: Tensor]
  ) {
    self.declaration = declaration
    self.inputs = inputs
    self.resident = resident
    self.outputs = outputs
    self.state = state
    let weights = zip(declaration.weights.map(\.path), resident)
    products = WeightedProduct.all(
      behind: outputs, weights: Dictionary(uniqueKeysWithValues: weights))
  }

  /// The graph that computes the outputs, and the states that a batch leaves to the next.
  func graph() throws(GraphError) -> Graph {
    let updates = declaration.weights.enumerated().compactMap { place, weight in
      state[weight.path].map { (place, $0) }
    }
    return try Graph(
      inputs: inputs, resident: resident, results: outputs,
      updates: Dictionary(uniqueKeysWithValues: updates))
  }

  /// The graph that computes other values of the drawing.
  package func graph(results: [Tensor]) throws(GraphError) -> Graph {
    try Graph(inputs: inputs, resident: resident, results: results)
  }
}

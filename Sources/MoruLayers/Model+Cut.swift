import MoruArchive
public import MoruGraph
import MoruTensors

extension Layer {
  /// The part of the model that leads to some inner values, such as the feature maps of a layer: a
  /// model with the layers that they need, whose weights keep their paths.
  ///
  /// Cuts pass through `Sequential`, `Model` and layers wrapped for training; other layers stay whole.
  ///
  /// - Parameters:
  ///   - ends: The outputs: names of the model's outputs, or paths of layers. Of a layer that is
  ///     called several times the first call's output is meant.
  ///   - starts: Where the part begins: names of the model's inputs, or paths of layers, whose outputs
  ///     become inputs. Nil for the model's inputs, as far as they are needed.
  ///   - inputs: Types of the model's inputs, without the batch axis.
  /// - Returns: A model whose outputs, and inputs in place of layers, have the given names.
  /// - Throws: `LayerError.unknownPath` with the nearest name; `.disconnected` if the outputs need
  ///   more than `starts`; `GraphError` if the model is not defined for such inputs.
  public func cut(
    at ends: [String], from starts: [String]? = nil, inputs: [TensorType]
  ) throws -> Model {
    let names = inputNames ?? defaultNames("input", count: inputs.count)
    return try cut(
      at: ends, from: starts, inputs: zip(names, inputs).map { ($0, $1) }, outputNames: outputNames)
  }

  /// - Parameter inputs: Names and types of the model's inputs.
  /// - Parameter outputNames: Names of the model's outputs.
  package func cut(
    at ends: [String], from starts: [String]?, inputs: [(name: String, type: TensorType)],
    outputNames: [String]?
  ) throws -> Model {
    let calls = try declaration(inputs: inputs.map(\.type)).calls
    var plan = FlatPlan(calls, opening: ends + (starts ?? []))
    let places = inputs.indices.map { Model.Port(node: -1, index: $0) }
    let outputs = plan.trace(self, places)
    plan.add(inputs.map(\.name), places)
    plan.add(outputNames ?? defaultNames("output", count: outputs.count), outputs)

    let types = Dictionary(calls.map { ($0.path, $0.output) }) { first, _ in first }
    let sources = try starts?.map { name in
      let port = try plan.port(named: name)
      guard port.node >= 0, let type = types[name] else {
        return FlatPlan.Source(port: port, name: name, type: inputs[max(port.index, 0)].type)
      }
      let shape = Shape(Array(type.shape.dropFirst()))
      return FlatPlan.Source(port: port, name: name, type: TensorType(type.dtype, shape))
    }
    let all = zip(places, inputs).map { FlatPlan.Source(port: $0, name: $1.name, type: $1.type) }
    let wanted = try ends.map { try plan.port(named: $0) }
    let nodes = plan.needed(for: wanted, from: sources ?? all)
    let needed =
      sources
      ?? all.filter { source in
        wanted.contains(source.port)
          || nodes.contains { plan.nodes[$0].inputs.contains(source.port) }
      }
    return try plan.model(nodes, from: needed, to: wanted, named: ends)
  }
}

extension Model {
  /// The part of the model that leads to some inner values: see `Layer.cut(at:from:inputs:)`.
  public func cut(at ends: [String], from starts: [String]? = nil) throws -> Model {
    try cut(at: ends, from: starts, inputs: inputs)
  }
}

/// `input`, `input_2`, `input_3` …: what ends without names are called.
package func defaultNames(_ base: String, count: Int) -> [String] {
  (0..<count).map { $0 == 0 ? base : "\(base)_\($0 + 1)" }
}

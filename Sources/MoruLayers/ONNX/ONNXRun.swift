import MoruGraph
import MoruTensors

/// Draws nodes one after the other.
struct ONNXRun {
  let operatorSet: Int
  let scope: Scope
  /// How many graphs lie around this one.
  var depth = 0
  /// How many nodes were drawn, of bodies of loops each time.
  private let drawn = NodeCount()

  /// The deepest that graphs may lie in each other.
  static let deepest = 16

  /// Most nodes that are drawn: loops in loops are many in a small file.
  private static let mostNodes = 1 << 18

  init(operatorSet: Int, scope: Scope) {
    self.operatorSet = operatorSet
    self.scope = scope
  }

  /// The outputs of a body whose inputs are among the known values.
  ///
  /// - Throws: The error of the first node that cannot be drawn, with its name.
  func outputs(
    of body: ONNXBody, _ known: [String: ONNXValue]
  ) throws(GraphError) -> [ONNXValue] {
    var values = known
    for (name, constant) in body.constants { values[name] = ONNXValue(constant.value) }
    for node in body.nodes {
      let made = try draw(node, values)
      for (name, value) in zip(node.outputs, made) where !name.isEmpty { values[name] = value }
    }
    var outputs: [ONNXValue] = []
    for name in body.outputs {
      guard let value = values[name] else {
        throw failure(
          "the output \"\(name)\"", [], Mismatch("no node makes it", "Check the file."))
      }
      outputs.append(value)
    }
    return outputs
  }

  private func draw(
    _ node: ONNXNode, _ values: [String: ONNXValue]
  ) throws(GraphError) -> [ONNXValue] {
    drawn.count += 1
    guard drawn.count <= Self.mostNodes else {
      throw failure(
        node.place, [],
        Mismatch(
          "more than \(Self.mostNodes) nodes are drawn", "Export the model with fewer steps."))
    }
    var inputs: [ONNXValue?] = []
    for name in node.inputs {
      guard name.isEmpty || values[name] != nil else {
        throw failure(
          node.place, [], Mismatch("no node before it makes \"\(name)\"", "Check the file."))
      }
      inputs.append(values[name])
    }
    let types = inputs.compactMap { $0.map { TensorType($0.dtype, $0.shape) } }
    guard let rule = ONNXOperators.rules[node.op] else {
      throw failure(
        node.place, types, Mismatch("the operator is not known", ONNXOperators.advice(for: node.op))
      )
    }
    do {
      let made = try rule(ONNXCall(node: node, inputs: inputs, known: values, run: self))
      for value in made {
        if let error = value.tensor.error { throw error }
      }
      return made
    } catch let mismatch as Mismatch {
      throw failure(node.place, types, mismatch)
    } catch let error as GraphError {
      guard case .unfit(let operation, let types, let mismatch, let location) = error else {
        throw error
      }
      let inner = operation.contains("\"") ? operation : "\(node.place), \(operation)"
      throw .unfit(operation: inner, types: types, mismatch: mismatch, at: location)
    } catch {
      throw failure(node.place, types, Mismatch("\(error)", "Check the file."))
    }
  }

  private func failure(
    _ operation: String, _ types: [TensorType], _ mismatch: Mismatch
  ) -> GraphError {
    .unfit(operation: operation, types: types, mismatch: mismatch, at: nil)
  }
}

/// A number that all graphs of a model share.
private final class NodeCount {
  var count = 0
}

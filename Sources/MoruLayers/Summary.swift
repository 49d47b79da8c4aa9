import MoruArchive
public import MoruGraph
import MoruTensors

extension Layer {
  /// A table of the layers with output shapes and parameter counts, like Keras's; a shared layer
  /// stands where it is first called.
  ///
  /// - Parameter inputs: Types of the inputs, without the batch axis.
  /// - Throws: `GraphError` if the model is not defined for such inputs.
  public func summary(inputs: [TensorType]) throws -> String {
    let declaration = try declaration(inputs: inputs)
    let weights = Dictionary(grouping: declaration.weights) { weight in
      String(weight.path[..<(weight.path.lastIndex(of: "/") ?? weight.path.startIndex)])
    }
    var listed: Set<String> = []
    func row(_ title: String, _ output: TensorType?, _ weights: [WeightDeclaration]) -> [String] {
      let shape = output?.shape.dimensions.dropFirst().map { "\($0)" } ?? []
      return [
        title, "[" + (["batch"] + shape).joined(separator: ", ") + "]",
        weights.reduce(0) { $0 + $1.type.shape.elementCount }.grouped,
      ]
    }
    var rows = declaration.calls.filter { listed.insert($0.path).inserted }.map { call in
      row(
        String(repeating: "  ", count: call.depth) + "\(call.path) (\(call.kind))", call.output,
        weights[call.path] ?? [])
    }
    // A layer by itself is all of the model.
    if rows.isEmpty { rows = [row(Self.kind, declaration.outputs.first, declaration.weights)] }
    let lines = table(["Layer", "Output", "Parameters"], rows)
    return """
      \(lines)
      Trainable parameters: \(declaration.parameterCount.grouped), \
      others: \(declaration.stateCount.grouped)
      Multiply-adds for a sample: \(try multiplyAdds(inputs: inputs).grouped)
      """
  }

  /// The multiply-adds of convolutions and products of matrices that one sample takes.
  ///
  /// - Parameter inputs: Types of the inputs, without the batch axis.
  /// - Throws: `GraphError` if the model is not defined for such inputs.
  public func multiplyAdds(inputs: [TensorType]) throws -> Int {
    let declaration = try declaration(inputs: inputs)
    // Layers that keep states from batch to batch take batches of one size only.
    let batch = declaration.statefulBatchSize ?? 1
    let tensors = inputs.map { type in
      Tensor.placeholder(TensorType(type.dtype, Shape([batch] + type.shape.dimensions)))
    }
    let weights = declaration.placeholders()
    let outputs = Scope(weights: weights).draw(self, tensors)
    let graph = try Graph(
      inputs: tensors,
      resident: Array(weights.parameters.values) + Array(weights.state.values), results: outputs)
    return graph.multiplyAdds / batch
  }
}

/// Columns padded to equal width; the last one aligned to the right.
private func table(_ header: [String], _ rows: [[String]]) -> String {
  let widths = header.indices.map { column in
    ([header] + rows).map { $0[column].count }.max() ?? 0
  }
  func line(_ row: [String]) -> String {
    row.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - row[column].count)
      return column == row.count - 1 ? space + row[column] : row[column] + space
    }.joined(separator: "  ")
  }
  let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
  return ([line(header), rule] + rows.map(line) + [rule]).joined(separator: "\n")
}

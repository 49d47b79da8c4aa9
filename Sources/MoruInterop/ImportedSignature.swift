package import MoruGraph
package import MoruLayers
package import MoruModels
package import MoruTensors

/// What a model of another framework takes and gives, as far as its file and its last layers tell.
package enum ImportedSignature {
  /// The types of the inputs.
  ///
  /// - Throws: `InteropError.openInput` for an axis of any size that the details do not state.
  static func types(
    of inputs: [ImportedInput], _ details: ImportDetails
  ) throws -> [TensorType] {
    if let shapes = details.inputShapes, shapes.count != inputs.count {
      throw InteropError.inputShapes(expected: inputs.count, found: shapes.count)
    }
    return try inputs.enumerated().map { place, input in
      let stated = details.inputShapes?[place]
      let words =
        "(" + input.sizes.map { $0.map(String.init) ?? "None" }.joined(separator: ", ") + ")"
      let sizes = try input.sizes.enumerated().map { axis, size -> Int in
        let given = stated.flatMap { $0.indices.contains(axis) ? $0[axis] : nil }
        guard let size = size ?? given, size > 0 else {
          throw InteropError.openInput(name: input.name, shape: words)
        }
        return size
      }
      guard stated == nil || stated == sizes else {
        throw InteropError.inputShape(name: input.name, shape: words)
      }
      return TensorType(input.dtype, try Shape(checking: sizes, input: input.name, words))
    }
  }

  /// Inputs and outputs.
  ///
  /// - Throws: `InteropError.unusedDetail` for labels or pictures that the model has no place for.
  package static func signature(
    _ inputs: [(name: String, type: TensorType)], _ layer: any Layer, _ declaration: Declaration,
    _ details: ImportDetails
  ) throws(InteropError) -> ModelSignature {
    let names = layer.outputNames ?? defaultNames("output", count: declaration.outputs.count)
    let ends = lastFunctions(of: layer)
    let outputs = zip(names, declaration.outputs).enumerated().map { place, output in
      let shape = Shape(Array(output.1.shape.dropFirst()))
      return ModelOutput(
        name: output.0, dtype: output.1.dtype, shape: shape,
        meaning: meaning(
          ends.indices.contains(place) ? ends[place] : nil, shape, named: output.0, details))
    }
    if let labels = details.labels {
      guard Set(labels).count == labels.count, !labels.contains("") else {
        throw .unusedDetail("labels", reason: "a name is empty or there twice")
      }
      guard outputs.contains(where: { $0.meaning.labels == labels }) else {
        throw .unusedDetail("labels", reason: "no output tells \(labels.count) classes apart")
      }
    }
    let images = inputs.map { image($0.type.shape, details) }
    guard details.brightest == nil || images.contains(where: { $0 != nil }) else {
      throw .unusedDetail("brightest", reason: "no input is a picture")
    }
    return ModelSignature(
      inputs: zip(inputs, images).map { input, image in
        ModelInput(
          name: input.name, dtype: input.type.dtype, shape: input.type.shape,
          content: InputContent(image: image))
      }, outputs: outputs)
  }

  private static func image(_ shape: Shape, _ details: ImportDetails) -> ImageEncoding? {
    guard let brightest = details.brightest, shape.rank == 3, [1, 3].contains(shape[2]) else {
      return nil
    }
    return ImageEncoding(
      height: shape[0], width: shape[1], channels: shape[2], brightest: brightest)
  }

  /// What an output means, by the function that it comes out of.
  private static func meaning(
    _ function: ActivationFunction?, _ shape: Shape, named name: String,
    _ details: ImportDetails
  ) -> OutputMeaning {
    guard shape.rank == 1 else { return .numbers }
    func labels(_ count: Int) -> [String] {
      if let labels = details.labels, labels.count == count { return labels }
      return (0..<count).map(String.init)
    }
    switch (function, shape[0]) {
    case (.softmax, 2...): return .probabilities(labels: labels(shape[0]))
    case (.sigmoid, 1): return .probability(labels: labels(2))
    case (.sigmoid, _): return .labelSet(labels: labels(shape[0]))
    case (_, 1): return .value(name: name, unit: nil)
    // Scores before a softmax, if the classes are named.
    case (_, let count) where details.labels?.count == count:
      return .scores(labels: labels(count))
    default: return .numbers
    }
  }

  /// The function that each output comes out of; nil where a layer without one makes it.
  private static func lastFunctions(of layer: any Layer) -> [ActivationFunction?] {
    switch layer {
    case let frozen as Frozen: lastFunctions(of: frozen.layer)
    case let sequential as Sequential: sequential.layers.last.map(lastFunctions) ?? []
    case let model as Model:
      model.lastLayers.map { end in
        guard let end else { return nil }
        let functions = lastFunctions(of: end.layer)
        return functions.indices.contains(end.output) ? functions[end.output] : nil
      }
    case let dense as Dense: [dense.activation]
    case let activation as Activation: [activation.function]
    case is Softmax: [.softmax]
    case let graph as ONNXGraph:
      graph.lastOperators.map { $0 == "Softmax" ? .softmax : $0 == "Sigmoid" ? .sigmoid : nil }
    default: [nil]
    }
  }
}

extension OutputMeaning {
  /// Names of what an output tells apart.
  fileprivate var labels: [String]? {
    switch self {
    case .probabilities(let labels), .scores(let labels), .probability(let labels),
      .labelSet(let labels, _):
      labels
    case .value, .forecast, .numbers: nil
    }
  }
}

extension Shape {
  /// A shape of sizes that a file or a person states.
  ///
  /// - Parameters:
  ///   - sizes: The sizes, without the batch.
  ///   - input: The input's name.
  ///   - words: The sizes in a message.
  /// - Throws: `InteropError.inputShape` if the elements cannot be counted.
  package init(checking sizes: [Int], input: String, _ words: String) throws {
    guard Shape.checkedElementCount(sizes + [8]) != nil else {
      throw InteropError.inputShape(name: input, shape: words)
    }
    self.init(sizes)
  }
}

import MoruGraph
package import MoruLayers
package import MoruModels
package import MoruTensors

/// Features at the places of a picture, as a layer inside a base makes them.
package struct FeatureMap: Sendable, Equatable {
  /// The path of the layer in the base.
  package let layer: String
  /// `[height, width, features]`
  package let shape: Shape
}

extension TransferBase {
  /// The maps at the ends of the blocks, of each size the last one, first to last.
  ///
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take.
  package func maps(on feature: ModelInput) throws -> [FeatureMap] {
    var found: [FeatureMap] = []
    for map in try maps(of: blocks.map(\.name), on: feature)
    where map.shape.rank == 3 && map.shape[0] * map.shape[1] > 1 {
      if found.last?.shape.dropLast() == map.shape.dropLast() { found.removeLast() }
      found.append(map)
    }
    return found
  }

  /// What some layers make of samples, `[height, width, features]` where they are convolutions.
  ///
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take;
  ///   `LayerError.unknownPath` with the nearest path.
  package func maps(of layers: [String], on feature: ModelInput) throws -> [FeatureMap] {
    try shape(on: feature)
    let outputs = try model.subModel(outputs: layers).layer.declaration(inputs: [feature.type])
      .outputs
    return zip(layers, outputs).map {
      FeatureMap(layer: $0, shape: Shape(Array($1.shape.dropFirst())))
    }
  }

  /// Draws what some layers make of samples.
  ///
  /// - Returns: For each layer its output, and the values of the weights that they need, in order.
  /// - Throws: As ``maps(of:on:)``.
  package func draw(
    _ layers: [String], on feature: ModelInput, from start: Symbol
  ) throws -> (outputs: [Symbol], weights: [HostTensor]) {
    try shape(on: feature)
    let part = try model.subModel(outputs: layers)
    guard let network = part.layer as? Model else {
      throw TrainingError.noFeatures(layer: layers.joined(separator: ", "))
    }
    let pixels = rescaling(of: feature)?(start) ?? start
    return (network.named(Self.name)([pixels], outputs: layers.count), part.orderedWeights)
  }
}

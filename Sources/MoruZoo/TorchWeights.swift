import MoruGraph
public import MoruLayers
public import MoruTensors

extension Architecture {
  /// The weights of a network that torchvision wrote, for ours of the same definition.
  ///
  /// Kernels of convolutions turn from `[out, in, height, width]` to `[height, width, in, out]`, those
  /// of dense layers from `[out, in]` to `[in, out]`.
  ///
  /// ```swift
  /// let model = try Architecture.resNet50(definition: .torchvision)
  /// let file = try SafeTensors(opening: URL(filePath: "resnet50.safetensors"))
  /// let weights = try Architecture.resNet50.weights(of: model, fromTorch: file.tensors())
  /// ```
  ///
  /// - Parameters:
  ///   - model: The network as it was drawn, with `definition: .torchvision`.
  ///   - tensors: The module's state by torchvision's names.
  ///   - includeTop: Whether the model has its top; if not, tensors that are left over are not missed.
  /// - Returns: Every weight by path.
  /// - Throws: `ZooError.noTable`, `.missingTensor`, `.tensorShape` or `.leftOver`; `GraphError` if the
  ///   model is not defined for its inputs.
  public func weights(
    of model: Model, fromTorch tensors: [String: HostTensor], includeTop: Bool = true
  ) throws -> [String: HostTensor] {
    var weights: [String: HostTensor] = [:]
    var used: Set<String> = []
    for (weight, place) in try torchPlaces(of: model) {
      guard let tensor = tensors[place.name] else {
        throw ZooError.missingTensor(place.name, path: weight.path)
      }
      guard let value = try place.value(of: tensor) else {
        throw ZooError.tensorShape(
          place.name, found: tensor.shape, path: weight.path, wanted: place.shape)
      }
      weights[weight.path] = value
      used.insert(place.name)
    }
    let ignored = torchNames?.ignored ?? []
    let left = tensors.keys.filter { name in
      !used.contains(name) && !name.hasSuffix(".num_batches_tracked")
        && !ignored.contains(where: name.hasPrefix)
    }
    guard left.isEmpty || !includeTop else { throw ZooError.leftOver(left.sorted()) }
    return weights
  }

  /// The names and shapes of the tensors that `weights(of:fromTorch:)` reads.
  package func torchTensors(of model: Model) throws -> [String: Shape] {
    Dictionary(try torchPlaces(of: model).map { ($1.name, $1.shape) }) { first, _ in first }
  }

  /// The tensor that becomes the last weight of a model; nil if it is not there.
  package func lastTorchTensor(
    of model: Model, in tensors: [String: HostTensor]
  ) throws -> HostTensor? {
    try torchPlaces(of: model).last.flatMap { tensors[$0.1.name] }
  }

  private func torchPlaces(of model: Model) throws -> [(WeightDeclaration, TorchPlace)] {
    let declaration = try model.declaration(inputs: model.inputs)
    let kinds = Dictionary(declaration.calls.map { ($0.path, $0.kind) }) { first, _ in first }
    return try declaration.weights.map { weight in
      let parts = weight.path.split(separator: "/").map(String.init)
      let layer = parts.dropLast().joined(separator: "/")
      guard let names = torchNames, let module = names.module(layer), let kind = kinds[layer],
        let last = parts.last
      else { throw ZooError.noTable(network: name, weight.path) }
      let place = TorchPlace(
        kind: kind, weight: last, wanted: weight.type.shape, module: module,
        flattened: names.flattened[layer])
      return (weight, place)
    }
  }
}

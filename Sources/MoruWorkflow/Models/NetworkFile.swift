public import Foundation
public import MoruInterop
internal import MoruLayers
public import MoruModels
public import MoruTensors
internal import MoruZoo

/// Files of the weights of known networks, without the networks: of torchvision as safetensors, of Keras
/// Applications as `.h5`, or by Moru's own names.
public enum NetworkFile {
  /// The network of a name with the weights of a file, which takes pixels from 0 to 255.
  ///
  /// How many classes it tells apart follows from the weights. Whose definition is meant, too, as far as
  /// names tell: torchvision's tensors are called `….weight`. Weights by Moru's own names are taken for
  /// those of the first of `Architecture.definitions`.
  ///
  /// - Parameter details: Shape of the input where it is not the published one, and labels.
  /// - Throws: `ZooError` for a network that is not known or has other weights; `InteropError` for details
  ///   that it has no place for; `ArchiveError` or `DataError` for a file that cannot be read.
  public static func read(
    _ url: URL, network name: String, _ details: ImportDetails = ImportDetails()
  ) throws -> TrainedModel {
    let file = try Weights(url, of: name)
    if let shapes = details.inputShapes, shapes.count != 1 {
      throw InteropError.inputShapes(expected: 1, found: shapes.count)
    }
    let shape = try details.inputShapes.map {
      try Shape(checking: $0[0], input: "input", "\($0[0])")
    }
    let published = try file.draw(inputShape: shape)
    let network = try file.draw(inputShape: shape, classes: file.classes(of: published))
    let model = try file.model(network)
    var details = details
    details.inputShapes = nil
    details.brightest = model.signature.inputs.contains { $0.content.image != nil } ? 255 : nil
    let ends = model.signature.inputs.map { (name: $0.name, type: $0.type) }
    return try TrainedModel(
      layer: network, weights: model.weights,
      signature: ImportedSignature.signature(ends, network, model.declaration, details))
  }

  /// The network of a name without its top, for inputs of some shape.
  ///
  /// - Throws: As `read`.
  public static func features(
    _ url: URL, network name: String, inputShape: Shape
  ) throws -> TrainedModel {
    let file = try Weights(url, of: name)
    return try file.model(file.draw(inputShape: inputShape, includeTop: false), includeTop: false)
  }
}

/// The weights in a file, and the network that they are of.
private struct Weights {
  private let architecture: Architecture
  private let tensors: [String: HostTensor]
  private let isTorch: Bool

  init(_ url: URL, of name: String) throws {
    architecture = try Architecture.named(name)
    tensors = try WeightFile.read(url)
    isTorch =
      architecture.definitions.contains(.torchvision)
      && tensors.keys.contains { $0.hasSuffix(".weight") }
  }

  func draw(inputShape: Shape?, classes: Int? = nil, includeTop: Bool = true) throws -> Model {
    try architecture(
      inputShape: inputShape, classes: classes, includeTop: includeTop,
      definition: isTorch ? .torchvision : nil)
  }

  /// The number of classes: entries of the last weight.
  func classes(of model: Model) throws -> Int? {
    if isTorch { return try architecture.lastTorchTensor(of: model, in: tensors)?.shape.first }
    let last = try model.declaration(inputs: model.inputs).weights.last
    return last.flatMap { tensors[$0.path]?.shape.last }
  }

  func model(_ network: Model, includeTop: Bool = true) throws -> TrainedModel {
    if isTorch {
      return try TrainedModel(
        network,
        weights: architecture.weights(of: network, fromTorch: tensors, includeTop: includeTop))
    }
    let model = try TrainedModel(network, weights: tensors)
    var known = Set(model.weights.keys)
    if !includeTop {
      // A top that is left out is the network's all the same.
      let whole = try draw(inputShape: nil)
      known.formUnion(try whole.declaration(inputs: whole.inputs).weights.map(\.path))
    }
    // What Keras's EfficientNet knows of pixels is part of our layers' settings.
    let left = tensors.keys.filter { !known.contains($0) && !$0.hasPrefix("normalization/") }
    guard left.isEmpty else { throw ZooError.leftOver(left.sorted()) }
    return model
  }
}

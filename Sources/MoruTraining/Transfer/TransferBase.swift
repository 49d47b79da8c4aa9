import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
public import MoruModels
import MoruTensors

/// The part of a trained model that another task learns on: everything up to its features.
///
/// ```swift
/// let base = try TransferBase(TrainedModel.load("photos.moru"))
/// ```
public struct TransferBase: Sendable {
  /// From the input to the features, with weights.
  public let model: TrainedModel
  /// Its blocks, first to last.
  public let blocks: [NetworkBlock]

  /// The part of a model of one input that makes its features.
  ///
  /// - Parameters:
  ///   - model: A model that was trained, here or elsewhere.
  ///   - features: The layer whose output the features are, by its path as `summary()` has it; of a
  ///     network from an ONNX file a node or value of the file. If nil, a `Dense` layer that no other
  ///     layer with weights follows is left out with all that follows it; a model that does not end so
  ///     is kept whole.
  /// - Throws: `TrainingError.baseEnds` for several inputs or outputs, `.noFeatures` if they cannot be
  ///   told; `LayerError.unknownPath` with the nearest path.
  public init(_ model: TrainedModel, features: String? = nil) throws {
    let (inputs, outputs) = (model.signature.inputs.count, model.signature.outputs.count)
    guard inputs == 1, outputs == 1 || features != nil else {
      throw TrainingError.baseEnds(inputs: inputs, outputs: outputs)
    }
    if let graph = Self.graph(in: model.layer) {
      self.model = try Self.part(of: model, graph, to: features ?? graph.features)
    } else {
      let end = try features ?? Self.features(of: model)
      // What an earlier training left as it was learns again where its block is tuned.
      self.model = try model.subModel(outputs: [end]).unfrozen()
    }
    blocks = try NetworkBlock.blocks(of: self.model)
  }

  /// The base up to the end of one of its blocks.
  ///
  /// - Parameter count: How many blocks are kept, at least 1 and at most all.
  /// - Throws: `TrainingError.blocks`.
  public func keeping(blocks count: Int) throws -> TransferBase {
    guard (1...max(blocks.count, 1)).contains(count) else {
      throw TrainingError.blocks(count, of: blocks.count)
    }
    return count == blocks.count
      ? self : try TransferBase(model, features: blocks[count - 1].name)
  }

  /// The network of an ONNX file, if a model is nothing else.
  private static func graph(in layer: any Layer) -> ONNXGraph? {
    (layer as? Frozen).map { graph(in: $0.layer) } ?? layer as? ONNXGraph
  }

  /// A part of such a network as a model of one block, which takes whole numbers such as pixels, too.
  private static func part(
    of model: TrainedModel, _ graph: ONNXGraph, to end: String
  ) throws -> TrainedModel {
    let part = try graph.part(to: end, named: "network")
    let input = model.signature.inputs[0]
    let start = Input(input.shape, dtype: input.dtype)
    let pixels = input.dtype == .float32 ? Rescaling(1, name: "pixels")(start) : start
    let network = try Model(inputs: [input.name: start], outputs: ["features": part(pixels)])
    let output = try network.declaration(inputs: network.inputs).outputs[0]
    return try TrainedModel(
      layer: network,
      weights: Dictionary(
        uniqueKeysWithValues: part.weights.compactMap { weight in
          model.weights[weight.name].map { ("network/\(weight.name)", $0) }
        }),
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: "features", dtype: output.dtype, shape: Shape(Array(output.shape.dropFirst())),
            meaning: .numbers)
        ]))
  }

  /// The name of what a last dense layer is called on, or of the model's output.
  private static func features(of model: TrainedModel) throws -> String {
    let graph = try model.layerGraph()
    let output = model.signature.outputs[0].name
    guard let last = graph.nodes.last(where: { $0.weightCount > 0 }), last.kind == "Dense" else {
      return output
    }
    let input = graph.nodes[last.inputs[0]]
    // Of a layer that is called several times, a cut takes the first call.
    guard last.inputs.count == 1, input.kind != nil,
      graph.nodes.filter({ $0.path == input.path }).count == 1
    else { throw TrainingError.noFeatures(layer: last.path) }
    return input.path
  }
}

extension TransferBase {
  /// What the base is called in models that stand on it.
  static let name = "base"

  /// The layers from some data to the features of a new model, which training leaves as they are.
  ///
  /// - Parameters:
  ///   - feature: What the base is to look at.
  ///   - pooled: Whether maps become their means.
  ///   - frozen: Paths below the base that training leaves as they are; all of it if nil.
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take.
  func layers(
    on feature: ModelInput, pooled: Bool, frozen: [String]? = nil
  ) throws -> [any Layer] {
    guard let network = model.layer as? Model else {
      throw TrainingError.noFeatures(layer: model.signature.outputs[0].name)
    }
    let base = Frozen(network.named(Self.name), paths: frozen)
    let features = try shape(on: feature)
    let pooling: (any Layer)? =
      switch features.rank {
      case _ where !pooled: nil
      case 2: GlobalAveragePooling1D(name: "feature_pooling")
      case 3: GlobalAveragePooling2D(name: "feature_pooling")
      case 4: GlobalAveragePooling3D(name: "feature_pooling")
      default: nil
      }
    return [rescaling(of: feature), base, pooling].compactMap { $0 }
  }

  /// What brings pixels from 0 to 255 to the range that the base was trained for, if it is another.
  func rescaling(of feature: ModelInput) -> (any Layer)? {
    guard feature.dtype == .uint8,
      let white = model.signature.inputs[0].content.image?.brightest, white != 255
    else { return nil }
    return Rescaling(white / 255, name: "base_rescaling")
  }

  /// The shape of the features of one sample.
  ///
  /// - Throws: `TrainingError.baseInput` for samples that the base does not take.
  @discardableResult
  func shape(on feature: ModelInput) throws -> Shape {
    let expected = model.signature.inputs[0]
    var fits = feature.shape.rank == expected.shape.rank
    if fits, let declared = try? model.layer.declaration(inputs: [feature.type]) {
      fits = (try? declared.weights(from: model.weights)) != nil
      if fits { return Shape(Array(declared.outputs[0].shape.dropFirst())) }
    }
    throw TrainingError.baseInput(
      expected: expected.batchDescription, found: feature.batchDescription)
  }

  /// The weights as models that stand on the base name them.
  var weights: [String: HostTensor] {
    Dictionary(
      uniqueKeysWithValues: model.declaration.weights.compactMap { weight in
        model.weights[weight.path].map { ("\(Self.name)/\(weight.path)", $0) }
      })
  }

  /// What training leaves as it is when the last blocks are tuned: the layers before them, and the
  /// statistics of all.
  ///
  /// - Parameter count: How many blocks are tuned.
  func frozenPaths(tuning count: Int) -> [String] {
    blocks.dropLast(count).flatMap(\.layers)
      + model.declaration.weights.filter { !$0.isTrainable }.map(\.path)
  }

  /// What the learning rate of the layers of each tuned block is multiplied by.
  ///
  /// - Parameter decay: What it is divided by from each block to the one before.
  func rateFactors(tuning count: Int, decay: Double) -> [String: Double] {
    let trained = model.declaration.weights.filter(\.isTrainable).map(\.path)
    var (factors, factor): ([String: Double], Double) = ([:], 1)
    for block in blocks.suffix(count).reversed() {
      for layer in block.layers where trained.contains(where: { $0.hasPrefix(layer + "/") }) {
        factors["\(Self.name)/\(layer)"] = factor
      }
      factor /= decay
    }
    return factors
  }
}

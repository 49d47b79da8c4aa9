import Foundation
import GoldenKit
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// A model of one layer for every kind that Keras has, with settings other than the defaults.
struct KerasLayerSample {
  let kind: String
  let model: TrainedModel

  /// Kinds that Keras has not, or that are not read: files that name them are refused.
  static let unknown: Set = [
    "AnomalyThreshold", "Checkpointed", "ClassToken", "DecisionTrees", "FeatureScaling", "Frozen",
    "GaussianDensities", "GaussianFilter", "GaussianSampling", "Hashing", "Imputation",
    "IntegerLookup", "LayerScale", "Model", "NearestNeighbors", "Normalization", "ONNXGraph",
    "OrderedQuantiles", "PatchGaussians", "PatchMemory", "PositionEmbedding", "PriorShift",
    "QuantizationAware", "Quantized", "RandomCrop", "ReconstructionError", "ReverseChannels",
    "ReversibleNormalization", "RotaryEmbedding", "Sequential", "SeriesBasis",
    "SinePositionEncoding", "SpectralNormalization", "StochasticDepth",
  ]

  /// Kinds that files in HDF5 have not.
  static let new: Set = ["GroupedQueryAttention", "MultiHeadAttention"]

  static func kinds(for format: String) -> [String] {
    kinds.filter { format == "keras" || !new.contains($0) }
  }

  /// Every kind that is a layer by itself.
  static let kinds = LayerCatalog.standard.kinds.keys.sorted().filter {
    !unknown.contains($0) && !$0.hasSuffix("Cell") && $0 != "StackedRNNCells"
  }

  /// - Parameter format: The ending of the file that it is for: `h5`.
  /// - Parameter isRun: Whether Keras shall compute it, which steps and gaps at a time forbid it.
  init(_ kind: String, for format: String, isRun: Bool = false) throws {
    self.kind = kind
    guard let sample = LayerSamples.layer(of: kind) else { throw GoldenError("no sample \(kind)") }
    let layer = try Self.changed(sample, for: format, isRun: isRun)
    guard let inputs = Self.inputs(of: layer, kind) else {
      throw GoldenError("no inputs for \(kind)")
    }
    let symbols = inputs.map { Input($0.shape, dtype: $0.dtype) }
    let whole = try Model(inputs: symbols, outputs: [layer(symbols)])
    let declaration = try whole.declaration(inputs: inputs)
    // No number of a weight shall be what another's is, or zero.
    var values = declaration.initialValues(seed: Seed(5))
    for weight in declaration.weights {
      let shift = weight.path.utf8.count * 11
      let numbers = (0..<weight.type.shape.elementCount).map { (place: Int) -> Float in
        0.1 + Float((place * 37 + shift) % 101) / 101
      }
      values[weight.path] = try HostTensor(numbers, shape: weight.type.shape)
    }
    let shape = Shape(Array(declaration.outputs[0].shape.dropFirst()))
    model = try TrainedModel(
      layer: whole, weights: values,
      signature: ModelSignature(
        inputs: inputs.enumerated().map { place, type in
          ModelInput(
            name: "x\(place)", dtype: type.dtype, shape: type.shape, content: InputContent())
        },
        outputs: [
          ModelOutput(
            name: "y", dtype: declaration.outputs[0].dtype, shape: shape, meaning: .numbers)
        ]))
  }

  /// Three samples of numbers.
  func values() throws -> [HostTensor] {
    try model.signature.inputs.map { input in
      let shape = Shape([3] + input.shape.dimensions)
      let numbers = (0..<shape.elementCount).map { (place: Int) -> Float in
        if input.dtype == .int32 { return Float(place * 7 % 5) }
        return Float(place * 37 % 101) / 50 - 1
      }
      return try HostTensor(numbers, shape: shape).converted(to: input.dtype)
    }
  }

  /// The layer without what Keras has in no layer, or in no file of that format.
  private static func changed(
    _ layer: any Layer, for format: String, isRun: Bool
  ) throws -> any Layer {
    let encoder = JSONEncoder()
    encoder.userInfo = LayerCatalog.standard.userInfo
    var settings =
      try JSONSerialization.jsonObject(with: encoder.encode(LayerBox(layer))) as? [String: Any]
    settings?["statefulBatchSize"] = nil
    if ["UpSampling1D", "UpSampling3D"].contains(type(of: layer).kind) {
      settings?["interpolation"] = nil
    }
    if isRun, settings?["strides"] != nil { settings?["dilationRate"] = nil }
    if format == "h5", settings?["axes"] is [Int], layer is any UnaryLayer {
      settings?["axes"] = [-1]
    }
    if format == "h5", settings?["recurrentActivation"] as? String == "hardSigmoid" {
      settings?["recurrentActivation"] = "sigmoid"
    }
    let decoder = JSONDecoder()
    decoder.userInfo = LayerCatalog.standard.userInfo
    let data = try JSONSerialization.data(withJSONObject: settings ?? [:])
    return try decoder.decode(LayerBox.self, from: data).layer
  }

  /// The first inputs that a layer is defined for.
  private static func inputs(of layer: any Layer, _ kind: String) -> [TensorType]? {
    let shapes: [Shape] = [
      [5], [6], [6, 4], [6, 7, 3], [6, 7, 4], [5, 6, 7, 3], [5, 6, 7, 4], [5, 6, 7, 8, 3],
      [5, 6, 7, 8, 4], [4], [6, 6], [8],
    ]
    let isMerging = layer is any MergingLayer && kind != "MultiHeadAttention"
    let isWhole = ["CategoryEncoding", "Embedding"].contains(kind)
    for count in (isMerging ? 2 : 1)...3 {
      for dtype in [isWhole ? DType.int32 : .float32, .int32] {
        for shape in shapes {
          let types = [TensorType](repeating: TensorType(dtype, shape), count: count)
          if (try? layer.declaration(inputs: types)) != nil { return types }
        }
      }
    }
    return nil
  }
}

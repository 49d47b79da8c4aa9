import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

extension ModelSignature {
  /// What a model that learns from `data` takes and gives.
  ///
  /// - Throws: `GraphError` if the layer is not defined for the data; `TrainingError.outputs` unless
  ///   it has one output, `.tooManyClasses` if that has too few entries.
  init(layer: any Layer, data: Dataset, loss: any Loss) throws {
    let inputs = data.signature.map { feature in
      ModelInput(
        name: feature.name, dtype: feature.dtype, shape: feature.shape,
        content: Self.content(of: feature, in: data))
    }
    let outputs = try layer.declaration(inputs: inputs.map(\.type)).outputs
    guard outputs.count == 1 else { throw TrainingError.outputs(outputs.count) }
    let shape = Shape(Array(outputs[0].shape.dropFirst()))
    let meaning = try Self.meaning(shape: shape, data: data, isProbability: !loss.takesLogits)
    self.init(
      inputs: inputs,
      outputs: [
        ModelOutput(name: "output", dtype: outputs[0].dtype, shape: shape, meaning: meaning)
      ])
  }

  private static func content(of feature: Dataset.Signature, in data: Dataset) -> InputContent {
    var image: ImageEncoding?
    let shape = feature.shape
    if shape.rank == 3, shape[2] == 1 || shape[2] == 3 {
      image = ImageEncoding(
        height: shape[0], width: shape[1], channels: shape[2],
        brightest: feature.dtype == .uint8 ? 255 : greatest(feature.name, in: data),
        interpolation: data.encoding == nil ? .bilinear : .area)
    }
    return InputContent(image: image, table: data.encoding)
  }

  /// Pictures that come as numbers reach from 0 to the greatest that was seen.
  private static func greatest(_ name: String, in data: Dataset) -> Double {
    let values = data.features.first { $0.name == name }?.values
    let numbers = try? values?.converted(to: .float32).array(of: Float.self)
    return Double(numbers?.max() ?? 255)
  }

  private static func meaning(
    shape: Shape, data: Dataset, isProbability: Bool
  ) throws(TrainingError) -> OutputMeaning {
    guard let labels = data.labels else {
      let name = data.encoding?.target?.name ?? "value"
      return shape.elementCount == 1 ? .value(name: name, unit: nil) : .numbers
    }
    if shape == [1] {
      guard labels.count == 2 else {
        throw .tooManyClasses(classes: labels.count, outputs: 2)
      }
      return isProbability ? .probability(labels: labels) : .numbers
    }
    guard shape.rank == 1 else {
      throw .outputShape(found: shape, classes: labels.count)
    }
    guard shape[0] >= labels.count else {
      throw .tooManyClasses(classes: labels.count, outputs: shape[0])
    }
    guard shape[0] == labels.count else { return .numbers }
    return isProbability ? .probabilities(labels: labels) : .scores(labels: labels)
  }
}

import MoruData
import MoruGraph
public import MoruLayers
public import MoruTensors

extension TrainedModel {
  /// A network with weights from elsewhere, such as a known network without its top: its inputs are
  /// pictures of pixels up to `brightest` where they have 1 or 3 channels, its outputs numbers without a
  /// stated meaning.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - weights: Values by path; those that the network does not have are left out.
  ///   - brightest: The value of white in pictures.
  /// - Throws: `LayerError` for a weight that is missing or of another shape; `GraphError` if the network
  ///   is not defined for its inputs.
  public init(
    _ model: Model, weights: [String: HostTensor], brightest: Double = 255
  ) throws {
    let declaration = try model.declaration(inputs: model.inputs)
    let inputNames = model.inputNames ?? defaultNames("input", count: model.inputs.count)
    let outputNames =
      model.outputNames ?? defaultNames("output", count: declaration.outputs.count)
    let declared = Set(declaration.weights.map(\.path))
    try self.init(
      layer: model, weights: weights.filter { declared.contains($0.key) },
      signature: ModelSignature(
        inputs: zip(inputNames, model.inputs).map { name, type in
          ModelInput(
            name: name, dtype: type.dtype, shape: type.shape,
            content: InputContent(image: Self.image(type.shape, brightest)))
        },
        outputs: zip(outputNames, declaration.outputs).map { name, type in
          ModelOutput(
            name: name, dtype: type.dtype, shape: Shape(Array(type.shape.dropFirst())),
            meaning: .numbers)
        }))
  }

  private static func image(_ shape: Shape, _ brightest: Double) -> ImageEncoding? {
    guard shape.rank == 3, [1, 3].contains(shape[2]) else { return nil }
    return ImageEncoding(
      height: shape[0], width: shape[1], channels: shape[2], brightest: brightest)
  }
}

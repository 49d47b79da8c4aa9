import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// What a base makes of some data, for whatever is to be learned from that.
struct FeatureExtraction {
  private let transfer: TransferLearning
  /// What the base looks at.
  let input: ModelInput

  /// - Throws: `TrainingError.severalFeatures` for samples of more than one feature.
  init(_ transfer: TransferLearning, of data: SampleSet) throws(TrainingError) {
    let signature = data.signature
    guard signature.count == 1 else { throw .severalFeatures(signature.map(\.name)) }
    self.transfer = transfer
    input = ModelInput(signature[0], of: data.known)
  }

  /// The layers from samples to features.
  ///
  /// - Parameter frozen: Paths below the base that training leaves as they are; all of it if nil.
  func layers(frozen: [String]? = nil) throws -> [any Layer] {
    try transfer.base.layers(on: input, pooled: transfer.head == nil, frozen: frozen)
  }

  /// The features of all samples, from a file that was kept if there is one.
  func features(of data: SampleSet) async throws -> Dataset {
    let front = Sequential(try layers())
    let output = try front.declaration(inputs: [input.type]).outputs[0]
    let name = "features"
    let extractor = try TrainedModel(
      layer: front, weights: transfer.base.weights,
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: name, dtype: output.dtype,
            shape: Shape(Array(output.shape.dropFirst())), meaning: .numbers)
        ]))
    let file = try transfer.featureFolder.map { try FeatureFile(of: data, by: extractor, in: $0) }
    let values: HostTensor
    if let kept = try file?.read() {
      values = kept
    } else {
      guard
        let made = try await extractor.predictions(data, on: transfer.executor)[name]
      else { throw TrainingError.noSamples }
      values = made
      try file?.write(values)
    }
    return try data.known.with(features: [Dataset.Feature(name: input.name, values: values)])
  }
}

public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

extension PCA: ClassicalLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try components(of: data.points(for: name), seed: seed).model(of: data)
  }
}

extension PrincipalComponents {
  /// A model that gives the projections of samples like those of `data`.
  ///
  /// - Throws: `GraphError` if the samples have other features.
  public func model(of data: Dataset) throws -> TrainedModel {
    let (width, count) = (mean.count, components.count)
    let scales = scales
    let kernel = (0..<width * count).map { place in
      Float(components[place % count][place / count] * scales[place % count])
    }
    let layer = Sequential {
      Flatten()
      // Before the product: of large numbers it would leave nothing of small differences.
      Normalization(mean: mean, variance: [Double](repeating: 1, count: width))
      Dense(count, useBias: false, name: "components")
    }
    return try TrainedModel(
      layer: layer, weights: ["components/kernel": HostTensor(kernel, shape: [width, count])],
      signature: ModelSignature(
        inputs: data.signature.map { ModelInput($0, of: data) },
        outputs: [
          ModelOutput(name: "components", dtype: .float32, shape: [count], meaning: .numbers)
        ]))
  }
}

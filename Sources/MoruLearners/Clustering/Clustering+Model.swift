public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

extension Clustering {
  /// A model that assigns samples like those of `data` to the nearest center: the score of a cluster
  /// is minus the squared distance from its center.
  ///
  /// - Throws: `GraphError` if the samples are not those that were grouped.
  public func model(of data: Dataset) throws -> TrainedModel {
    let clusters = centers.shape[0]
    let layer = Sequential {
      Flatten()
      GaussianDensities(clusters, name: "centers")
    }
    return try TrainedModel(
      layer: layer,
      weights: [
        "centers/mean": centers.converted(to: .float32),
        // ½ · (√2 · d)² = d²
        "centers/precision": HostTensor(
          repeating: Float(2).squareRoot(), shape: centers.shape),
        "centers/bias": .zeros([clusters]),
      ],
      signature: ModelSignature(clusters: clusters, of: data, as: { .scores(labels: $0) }))
  }
}

extension KMeans: ClassicalLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try cluster(data.points(for: name), weights: data.sampleWeights, seed: seed).model(of: data)
  }
}

extension MiniBatchKMeans: ClassicalLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try cluster(data.points(for: name), weights: data.sampleWeights, seed: seed).model(of: data)
  }
}

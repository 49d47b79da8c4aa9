public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

extension Mixture {
  /// A model that gives the probability of each Gaussian for samples like those of `data`.
  ///
  /// - Throws: `GraphError` if the samples have other features.
  public func model(of data: Dataset) throws -> TrainedModel {
    let (count, features) = (weights.count, estimate.features)
    let shape: Shape = estimate.isFull ? [count, features, features] : [count, features]
    func tensor(_ values: [Double], _ shape: Shape) throws -> HostTensor {
      try HostTensor(values.map { Float($0) }, shape: shape)
    }
    let layer = Sequential {
      Flatten()
      GaussianDensities(
        count, covariance: estimate.isFull ? .full : .diagonal, name: "gaussians")
      Softmax()
    }
    return try TrainedModel(
      layer: layer,
      weights: [
        "gaussians/mean": tensor(estimate.means.flatMap { $0 }, [count, features]),
        "gaussians/precision": tensor(estimate.precisions.flatMap { $0 }, shape),
        "gaussians/bias": tensor(estimate.biases, [count]),
      ],
      signature: ModelSignature(clusters: count, of: data, as: { .probabilities(labels: $0) }))
  }
}

extension ModelSignature {
  /// What a model that tells clusters of such data as `data` apart takes and gives.
  init(clusters: Int, of data: Dataset, as meaning: (_ labels: [String]) -> OutputMeaning) {
    self.init(
      inputs: data.signature.map { ModelInput($0, of: data) },
      outputs: [
        ModelOutput(
          name: "cluster", dtype: .float32, shape: [clusters],
          meaning: meaning((1...clusters).map { "cluster \($0)" }))
      ])
  }
}

extension GaussianMixture: ClassicalLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try mixture(of: data.points(for: name), seed: seed).model(of: data)
  }
}

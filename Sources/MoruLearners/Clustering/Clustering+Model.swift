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

/// A learner that groups records around centers; its model assigns samples to the nearest one.
public protocol CenterLearner: ClassicalLearner {
  /// Groups points.
  ///
  /// - Parameters:
  ///   - points: `[records, …]`, finite; Float64 is computed in Float64, everything else in Float32.
  ///   - weights: How much each record counts; all alike if nil.
  ///   - seed: Decides every random choice.
  /// - Throws: `LearnerError`, for a setting out of range, fewer records than clusters, and numbers that
  ///   are not finite.
  func cluster(_ points: HostTensor, weights: [Float]?, seed: Seed) throws -> Clustering
}

extension CenterLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try cluster(data.points(for: name), weights: data.sampleWeights, seed: seed).model(of: data)
  }
}

extension KMeans: CenterLearner {}

extension MiniBatchKMeans: CenterLearner {}

public import MoruData
public import MoruGraph
import MoruLayers
import MoruLearners
import MoruModels
public import MoruTensors
public import MoruTraining

/// Patch distribution modelling: what the features of a convolutional base are like at each place of good
/// pictures, as a normal distribution of each place; a picture's map is Mahalanobis's distance from it,
/// its score the greatest of the map.
///
/// Good pictures must show things at the same place: a part in its holder, a bottle in the middle. Keeps
/// samples · places · dimensions numbers while it learns, and places · dimensions² afterwards.
///
/// - Source: Defard, Setkov, Loesch, Audigier 2021, arXiv:2011.08785, with its regularisation of the
///   covariances by 0.01 and its Gaussian of 4 pixels over maps of 224, which is scaled to the picture.
public struct PaDiM: AnomalyDetector {
  public let name = "PaDiM"
  /// What makes the features.
  public var base: TransferBase
  /// The layers whose maps are looked at, by their paths in the base; three as the paper has them if nil.
  public var layers: [String]?
  /// How many of the features are looked at, drawn by chance; all if there are no more.
  public var dimensions: Int
  /// What is added to the variance of each feature, above 0.
  public var regularization = 0.01

  /// A detector on a base.
  public init(base: TransferBase, layers: [String]? = nil, dimensions: Int = 100) {
    self.base = base
    self.layers = layers
    self.dimensions = dimensions
  }

  public func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer {
    guard dimensions >= 1 else {
      throw AnomalyError.outOfRange("dimensions", allowed: "at least 1")
    }
    guard regularization > 0, regularization.isFinite else {
      throw AnomalyError.outOfRange("regularization", allowed: "above 0")
    }
    let features = try BaseFeatures(
      for: name, of: good, on: base, layers: layers, count: 3, isSmoothed: false)
    var generator = seed.generator
    let channels = Array(
      (0..<features.shape[2]).shuffled(using: &generator).prefix(dimensions)
    ).sorted()
    let places = features.shape[0] * features.shape[1]
    var gathered = [Float](repeating: 0, count: good.count * places * channels.count)
    try await features.forEach(good, on: executor) { values, samples in
      let numbers = try values.array(of: Float.self)
      var target = samples.lowerBound * places * channels.count
      for row in stride(from: 0, to: numbers.count, by: features.shape[2]) {
        for channel in channels {
          gathered[target] = numbers[row + channel]
          target += 1
        }
      }
    }
    let gaussians = try PlaceGaussians(
      gathered, samples: good.count, places: places, features: channels.count,
      regularization: regularization)
    let distances = PatchGaussians(channels: channels, name: "gaussians")(features.features)
    let sigma = 4 * Double(features.input.shape[0]) / 224
    let map = features.picture(distances, sigma: sigma)
    return AnomalyScorer(
      input: features.input, start: features.start, score: GlobalMaxPooling2D(name: "score")(map),
      map: map, weights: features.weights + [gaussians.mean, gaussians.precision])
  }
}

/// A normal distribution of the features at each place.
package struct PlaceGaussians {
  /// `[places, features]`
  package let mean: HostTensor
  /// For each place an upper triangular `P` with `P · Pᵀ` the inverse of the covariance:
  /// `[places, features, features]`.
  package let precision: HostTensor

  /// The distributions of `[samples, places, features]`. Covariances are divided by samples − 1, and
  /// `regularization` is added to their diagonals.
  ///
  /// - Throws: `AnomalyError.notFinite` for features that are not.
  package init(
    _ values: [Float], samples: Int, places: Int, features: Int, regularization: Double
  ) throws {
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw AnomalyError.notFinite(detector: "PaDiM", sample: place / (places * features))
    }
    let found = Parallel.map(places) { place in
      var rows = [Double](repeating: 0, count: samples * features)
      for sample in 0..<samples {
        let start = (sample * places + place) * features
        for feature in 0..<features {
          rows[sample * features + feature] = Double(values[start + feature])
        }
      }
      var mean = [Double](repeating: 0, count: features)
      for (index, value) in rows.enumerated() { mean[index % features] += value / Double(samples) }
      for index in rows.indices { rows[index] -= mean[index % features] }
      var covariance = LinearAlgebra.gram(rows, rows: samples, columns: features)
        .map { $0 / Double(max(samples - 1, 1)) }
      for feature in 0..<features { covariance[feature * (features + 1)] += regularization }
      return (mean, LinearAlgebra.inverseRoot(covariance, size: features))
    }
    mean = try HostTensor(found.flatMap { $0.0.map(Float.init) }, shape: [places, features])
    let roots = try found.map { (_, root) in
      guard let root else {
        throw AnomalyError.outOfRange(
          "regularization", allowed: "large enough beside the features' variances")
      }
      return root
    }
    precision = try HostTensor(
      roots.flatMap { $0.map(Float.init) }, shape: [places, features, features])
  }
}

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
/// Good pictures must show things at the same place: a part in its holder, a bottle in the middle. Keeps places
/// · dimensions² numbers, whatever the number of samples is: in Float64 while it learns, in Float32 afterwards.
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
      throw AnomalyError.outOfRange(
        "dimensions", found: "\(dimensions)", allowed: "at least 1")
    }
    guard regularization > 0, regularization.isFinite else {
      throw AnomalyError.outOfRange(
        "regularization", found: "\(regularization)", allowed: "above 0")
    }
    let features = try BaseFeatures(
      for: name, of: good, on: base, layers: layers, count: 3, isSmoothed: false)
    var generator = seed.generator
    let channels = Array(
      (0..<features.shape[2]).shuffled(using: &generator).prefix(dimensions)
    ).sorted()
    let places = features.shape[0] * features.shape[1]
    var moments = PlaceMoments(places: places, features: channels.count)
    try await features.forEach(good, on: executor) { values, _ in
      let numbers = try values.array(of: Float.self)
      var chosen: [Float] = []
      chosen.reserveCapacity(numbers.count / features.shape[2] * channels.count)
      for row in stride(from: 0, to: numbers.count, by: features.shape[2]) {
        for channel in channels { chosen.append(numbers[row + channel]) }
      }
      try moments.add(chosen)
    }
    let gaussians = try PlaceGaussians(moments, regularization: regularization)
    let distances = PatchGaussians(channels: channels, name: "gaussians")(features.features)
    let sigma = 4 * Double(features.input.shape[0]) / 224
    let map = features.picture(distances, sigma: sigma)
    return AnomalyScorer(
      input: features.input, start: features.start, score: GlobalMaxPooling2D(name: "score")(map),
      map: map, weights: features.weights + [gaussians.mean, gaussians.precision])
  }
}

/// What the features at each place come to, gathered from some samples at a time: as many numbers whatever
/// the number of samples is.
package struct PlaceMoments {
  fileprivate let places: Int
  fileprivate let features: Int
  fileprivate private(set) var samples = 0
  /// The first sample. All are counted from it: sums of squares of large numbers would lose how little samples
  /// differ.
  fileprivate private(set) var origin: [Float] = []
  /// `[places, features]`
  fileprivate private(set) var sums: [Double]
  /// `[places, features, features]`
  fileprivate private(set) var products: [Double]

  /// So many that what is added at once is little beside the whole.
  private static let placesAtOnce = 256

  /// Nothing gathered yet.
  package init(places: Int, features: Int) {
    self.places = places
    self.features = features
    sums = [Double](repeating: 0, count: places * features)
    products = [Double](repeating: 0, count: places * features * features)
  }

  /// Gathers samples.
  ///
  /// - Parameter values: `[samples, places, features]`
  /// - Throws: `AnomalyError.notFinite` for features that are not.
  package mutating func add(_ values: [Float]) throws(AnomalyError) {
    let size = places * features
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(detector: "PaDiM", sample: samples + place / size)
    }
    if origin.isEmpty { origin = Array(values.prefix(size)) }
    let (count, features, origin) = (values.count / size, self.features, self.origin)
    for first in stride(from: 0, to: places, by: Self.placesAtOnce) {
      let some = first..<min(first + Self.placesAtOnce, places)
      let found = Parallel.map(some.count) { number in
        let start = (some.lowerBound + number) * features
        var rows = [Double](repeating: 0, count: count * features)
        var sum = [Double](repeating: 0, count: features)
        for sample in 0..<count {
          for feature in 0..<features {
            let value =
              Double(values[sample * size + start + feature]) - Double(origin[start + feature])
            rows[sample * features + feature] = value
            sum[feature] += value
          }
        }
        return (sum, LinearAlgebra.gram(rows, rows: count, columns: features))
      }
      for (number, part) in found.enumerated() {
        let start = (some.lowerBound + number) * features
        for (place, value) in part.0.enumerated() { sums[start + place] += value }
        for (place, value) in part.1.enumerated() { products[start * features + place] += value }
      }
    }
    samples += count
  }
}

/// A normal distribution of the features at each place.
package struct PlaceGaussians {
  /// `[places, features]`
  package let mean: HostTensor
  /// For each place an upper triangular `P` with `P · Pᵀ` the inverse of the covariance:
  /// `[places, features, features]`.
  package let precision: HostTensor

  /// The distributions of samples, at least one. Covariances are divided by samples − 1, and
  /// `regularization` is added to their diagonals.
  ///
  /// - Throws: `AnomalyError.outOfRange` for a regularization that is lost beside the variances.
  package init(_ moments: PlaceMoments, regularization: Double) throws {
    let (places, features) = (moments.places, moments.features)
    let count = Double(moments.samples)
    let found = Parallel.map(places) { place -> (mean: [Float], root: [Float]?) in
      let start = place * features
      let sums = moments.sums[start..<start + features]
      var covariance = Array(
        moments.products[start * features..<(start + features) * features])
      for (row, first) in sums.enumerated() {
        for (column, second) in sums.enumerated() {
          covariance[row * features + column] -= first * second / count
          covariance[row * features + column] /= max(count - 1, 1)
        }
        covariance[row * (features + 1)] += regularization
      }
      return (
        zip(moments.origin[start...], sums).map { Float(Double($0) + $1 / count) },
        LinearAlgebra.inverseRoot(covariance, size: features)?.map(Float.init)
      )
    }
    mean = try HostTensor(found.flatMap(\.mean), shape: [places, features])
    precision = try HostTensor(
      found.flatMap { (_, root) -> [Float] in
        guard let root else {
          throw AnomalyError.outOfRange(
            "regularization", found: "\(regularization)",
            allowed: "large enough beside the features' variances")
        }
        return root
      }, shape: [places, features, features])
  }
}

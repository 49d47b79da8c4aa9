import Foundation
public import MoruTensors

/// Places points in a plane (or a space) so that those that were near stay near: for pictures, not for
/// distances, which mean little between groups.
///
/// Probabilities that points are neighbours, Gaussian in the features with a width that gives each
/// point `perplexity` neighbours, are matched by those of Student's t-distribution in the plane, by
/// gradient descent on their Kullback–Leibler divergence. New points cannot be placed.
///
/// - Source: van der Maaten, Hinton 2008, "Visualizing data using t-SNE", JMLR 9; van der Maaten 2014,
///   "Accelerating t-SNE using tree-based algorithms", JMLR 15; the start and the learning rate are
///   those of Kobak, Berens 2019, doi:10.1038/s41467-019-13056-x, and Belkina et al. 2019,
///   doi:10.1038/s41467-019-13055-y.
public struct TSNE: Sendable, Equatable {
  /// How forces between points are computed.
  public enum Method: Sendable, Equatable {
    /// Between neighbours, and from groups of far points together: those that look smaller than `angle`,
    /// in radians, 0…1. In two dimensions or three.
    case barnesHut(angle: Double)
    /// Between all pairs.
    case exact
  }

  /// Where points start.
  public enum Start: Sendable, Equatable {
    /// Along their first principal components, close together.
    case principalComponents
    /// At random, close together.
    case random
    /// At these places, `[points, dimensions]`.
    case places(HostTensor)
  }

  /// The points' places.
  public struct Embedding: Sendable, Equatable {
    /// `[points, dimensions]`, Float64.
    public let places: HostTensor
    /// The Kullback–Leibler divergence at the end, in nats.
    public let divergence: Double
    /// Number of steps.
    public let iterations: Int
  }

  /// Axes of the places, at least 1.
  public let dimensions: Int
  /// About how many neighbours each point has, at least 1 and below the number of points.
  public let perplexity: Double
  /// What attraction is multiplied by in the early steps.
  public let earlyExaggeration: Double
  /// Number of early steps.
  public let earlyIterations: Int
  /// Number of steps in all, at most.
  public let maximumIterations: Int
  /// The step along the gradient; if nil the number of points over the early exaggeration and four, at
  /// least 50.
  public let learningRate: Double?
  /// How forces are computed.
  public let method: Method
  /// Where points start.
  public let start: Start

  /// An embedding in so many dimensions.
  public init(
    dimensions: Int = 2, perplexity: Double = 30, earlyExaggeration: Double = 12,
    earlyIterations: Int = 250, maximumIterations: Int = 1000, learningRate: Double? = nil,
    method: Method = .barnesHut(angle: 0.5), start: Start = .principalComponents
  ) {
    self.dimensions = dimensions
    self.perplexity = perplexity
    self.earlyExaggeration = earlyExaggeration
    self.earlyIterations = earlyIterations
    self.maximumIterations = maximumIterations
    self.learningRate = learningRate
    self.method = method
    self.start = start
  }

  /// Places points.
  ///
  /// - Parameters:
  ///   - points: `[points, …]`, finite, more than `perplexity`.
  ///   - seed: Decides a start at random.
  /// - Throws: `LearnerError`, for a setting out of range and numbers that are not finite.
  public func embed(_ points: HostTensor, seed: Seed = 0) throws -> Embedding {
    let records = try Records<Double>(points, learner: "t-SNE")
    try check(records)
    let attraction: NeighbourProbabilities
    switch method {
    case .exact: attraction = .amongAll(records, perplexity: perplexity)
    case .barnesHut:
      let count = min(records.count - 1, Int(3 * perplexity + 1))
      attraction = .amongNearest(count, records, perplexity: perplexity)
    }
    return try descend(attraction, from: startingPlaces(points, records, seed: seed))
  }

  /// Places points by the joint probabilities that they are neighbours, `[points, points]`: for tests.
  package func embed(probabilities: HostTensor, from start: HostTensor) throws -> Embedding {
    let matrix = try probabilities.array(of: Double.self)
    return try descend(
      NeighbourProbabilities(matrix: matrix, count: probabilities.shape[0]),
      from: start.array(of: Double.self))
  }

  private func descend(
    _ attraction: NeighbourProbabilities, from places: [Double]
  ) throws -> Embedding {
    let count = attraction.count
    var descent = EmbeddingDescent(
      attraction: attraction, places: places, dimensions: dimensions, method: method,
      learningRate: learningRate ?? max(Double(count) / earlyExaggeration / 4, 50))
    let early = min(earlyIterations, maximumIterations)
    var iterations = descent.run(early, exaggeration: earlyExaggeration, momentum: 0.5)
    iterations += descent.run(maximumIterations - early, exaggeration: 1, momentum: 0.8)
    return Embedding(
      places: try HostTensor(descent.places.array, shape: [count, dimensions]),
      divergence: descent.divergence(), iterations: iterations)
  }

  /// The joint probabilities that points are neighbours, `[points, points]`: for tests.
  package static func probabilities(of points: HostTensor, perplexity: Double) throws -> HostTensor
  {
    let records = try Records<Double>(points, learner: "t-SNE")
    let found = NeighbourProbabilities.amongAll(records, perplexity: perplexity)
    var matrix = [Double](repeating: 0, count: records.count * records.count)
    for point in 0..<records.count {
      for place in found.range(of: point) {
        matrix[point * records.count + Int(found.neighbours[place])] = found.values[place]
      }
    }
    return try HostTensor(matrix, shape: [records.count, records.count])
  }

  private func startingPlaces(
    _ points: HostTensor, _ records: Records<Double>, seed: Seed
  ) throws -> [Double] {
    let count = records.count * dimensions
    switch start {
    case .places(let places): return try places.converted(to: .float64).array(of: Double.self)
    case .random:
      var generator = seed.child("places").generator
      return (0..<count).map { _ in 1e-4 * generator.normal() }
    case .principalComponents:
      let points = points.converted(to: .float64)
      let found = try PCA(.count(dimensions)).components(of: points, seed: seed)
      let places = try found.projections(of: points).array(of: Double.self)
      let deviation = (found.variances[0] * Double(records.count - 1) / Double(records.count))
        .squareRoot()
      return places.map { deviation > 0 ? $0 / deviation * 1e-4 : 0 }
    }
  }

  private func check(_ records: Records<Double>) throws {
    func refuse(_ name: String, _ problem: String) -> LearnerError {
      .setting(learner: "t-SNE", name: name, problem: problem)
    }
    guard dimensions >= 1 else { throw refuse("dimensions", "must be at least 1") }
    guard perplexity >= 1, perplexity < Double(records.count) else {
      throw refuse(
        "perplexity",
        "is \(perplexity), but must be at least 1 and below the number of points, "
          + "\(records.count)")
    }
    guard earlyExaggeration >= 1 else { throw refuse("earlyExaggeration", "must be at least 1") }
    guard maximumIterations >= 1, earlyIterations >= 0 else {
      throw refuse("maximumIterations", "must be at least 1, and earlyIterations not negative")
    }
    guard learningRate.map({ $0 > 0 }) ?? true else {
      throw refuse("learningRate", "must be above 0")
    }
    if case .barnesHut(let angle) = method {
      guard (0...1).contains(angle) else { throw refuse("angle", "must be from 0 to 1") }
      guard dimensions <= 3 else {
        throw refuse("dimensions", "is \(dimensions), but at most 3 for Barnes–Hut; choose .exact")
      }
    }
    switch start {
    case .random: break
    case .principalComponents:
      guard dimensions <= min(records.features, records.count) else {
        throw refuse(
          "dimensions", "is \(dimensions), more than there are features; start at random")
      }
    case .places(let places):
      guard places.shape == [records.count, dimensions] else {
        throw refuse(
          "start",
          "has shape \(places.shape), not [\(records.count), \(dimensions)]")
      }
      _ = try Records<Double>(places, learner: "t-SNE, start")
    }
  }
}

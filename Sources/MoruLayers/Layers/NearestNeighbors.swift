import MoruArchive
public import MoruGraph
import MoruTensors

/// The weighted mean of the values of the stored points nearest to a sample, by Euclidean distance.
///
/// Of points equally far away the first counts. Weighted by distance, each neighbour counts by one
/// over its distance, and points at the sample's very place alone if there are such.
///
/// - Shapes: `[batch, features] → [batch, outputs]`; states `points` `[points, features]`, `values`
///   `[points, outputs]`, `importance` `[points]` (at least 0).
/// - Source: Cover, Hart 1967, doi:10.1109/TIT.1967.1053964.
public struct NearestNeighbors: UnaryLayer {
  /// How much each neighbour counts.
  public enum Weighting: String, Codable, Sendable, CaseIterable {
    /// All alike.
    case uniform
    /// By one over the distance.
    case distance
  }

  public static let kind = "NearestNeighbors"
  public var identity = Identity()
  public let name: String?
  /// Number of stored points, at least 1.
  public let points: Int
  /// Number of outputs, at least 1.
  public let outputs: Int
  /// How many of the points are asked, from 1 to all.
  public let neighbors: Int
  /// How much each of them counts.
  public let weighting: Weighting

  /// The mean of `neighbors` of `points` stored points.
  public init(
    points: Int, outputs: Int, neighbors: Int, weighting: Weighting = .uniform,
    name: String? = nil
  ) {
    self.points = points
    self.outputs = outputs
    self.neighbors = neighbors
    self.weighting = weighting
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 2, outputs >= 1, (1...max(points, 1)).contains(neighbors) else {
      return .failure(
        Self.kind, [x],
        x.rank == 2
          ? Mismatch("it asks \(neighbors) of \(points) points", "Ask at least 1, at most all.")
          : Mismatch(
            "its input has shape \(x.shape), not [batch, features]", "Flatten the samples first."))
    }
    let points = scope.state("points", [self.points, x.shape[1]])
    let values = scope.state("values", [self.points, outputs])
    let importance = scope.state("importance", [self.points])
    let x = x.converted(to: .float32)
    // |x − p|² − |x|², which has the same order.
    let closeness = 2 * matmul(x, points.transposed([1, 0])) - square(points).sum(axes: [1])
    let places = Tensor.iota([self.points])
    let nearest = scan(closeness, over: [Tensor](), length: neighbors) { closeness, _ in
      let place = closeness.argMax(axis: 1)
      let rest = select(
        places .== place.expanded(at: 1), Tensor(-Double.infinity), closeness)
      return (rest, place)
    }.outputs.transposed([1, 0])
    let weights = importance.gathered(nearest) * weight(of: points.gathered(nearest), to: x)
    let sum = (values.gathered(nearest) * weights.expanded(at: 2)).sum(axes: [1])
    return sum / weights.sum(axes: [1], keepingAxes: true)
  }

  /// `[batch, neighbors]` for neighbours `[batch, neighbors, features]`.
  private func weight(of neighbors: Tensor, to x: Tensor) -> Tensor {
    guard weighting == .distance else { return 1 }
    let distance = sqrt(square(neighbors - x.expanded(at: 1)).sum(axes: [2]))
    let isSame = (distance .== 0).converted(to: .float32)
    let isAnySame = isSame.max(axes: [1], keepingAxes: true)
    return select(
      isAnySame .> 0, isSame, 1 / maximum(distance, Tensor(Double(Float.leastNormalMagnitude))))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, points, outputs, neighbors, weighting
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    points = try fields.positive(.points)
    outputs = try fields.positive(.outputs)
    neighbors = try fields.positive(.neighbors)
    weighting = try fields.value(.weighting, default: .uniform)
  }
}

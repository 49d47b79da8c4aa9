import Foundation
import MoruTensors

/// How probable it is that one point is another's neighbour, and the other way round, together.
struct NeighbourProbabilities {
  /// Where each point's neighbours begin, and where the last one's end.
  let starts: [Int]
  /// The neighbours of the points, one point after the other.
  let neighbours: [Int32]
  /// The probabilities; all of them add up to 1.
  let values: [Double]

  private init(starts: [Int], neighbours: [Int32], values: [Double]) {
    self.starts = starts
    self.neighbours = neighbours
    self.values = values
  }

  /// Number of points.
  var count: Int { starts.count - 1 }

  /// Where a point's neighbours stand.
  func range(of point: Int) -> Range<Int> { starts[point]..<starts[point + 1] }

  /// Probabilities among all pairs of points.
  static func amongAll(_ records: Records<Double>, perplexity: Double) -> NeighbourProbabilities {
    let (count, width) = (records.count, records.features)
    let conditional = Buffer(repeating: 0.0, count: count * count)
    records.withRows { rows in
      Parallel.forEach(parts: min(count, 64), of: count) { _, range in
        for point in range {
          let distances = (0..<count).filter { $0 != point }.map { other in
            (0..<width).reduce(0.0) { sum, feature in
              let difference = rows[point * width + feature] - rows[other * width + feature]
              return sum + difference * difference
            }
          }
          let found = probabilities(distances, perplexity: perplexity)
          for (place, value) in found.enumerated() {
            conditional[point * count + place + (place < point ? 0 : 1)] = value
          }
        }
      }
    }
    return NeighbourProbabilities(
      matrix: (0..<count * count).map { place in
        (conditional[place] + conditional[place % count * count + place / count])
          / (2 * Double(count))
      }, count: count)
  }

  /// Probabilities among all pairs of points, `[count, count]`.
  init(matrix: [Double], count: Int) {
    let pairs = matrix.enumerated().filter { $0.offset % count != $0.offset / count }
    self.init(
      starts: (0...count).map { $0 * (count - 1) },
      neighbours: pairs.map { Int32($0.offset % count) },
      // Nothing is impossible, or its logarithm would be infinite.
      values: pairs.map { max($0.element, .ulpOfOne) })
  }

  /// Probabilities among each point and those nearest to it.
  static func amongNearest(
    _ neighbours: Int, _ records: Records<Double>, perplexity: Double
  ) -> NeighbourProbabilities {
    let count = records.count
    let tree = KDTree(records)
    let places = Buffer<Int32>(repeating: 0, count: count * neighbours)
    let conditional = Buffer(repeating: 0.0, count: count * neighbours)
    Parallel.forEach(parts: min(count, 64), of: count) { _, range in
      for point in range {
        let found = tree.nearest(neighbours, to: point)
        let values = probabilities(found.map(\.distance), perplexity: perplexity)
        for (slot, neighbour) in found.enumerated() {
          places[point * neighbours + slot] = Int32(neighbour.place)
          conditional[point * neighbours + slot] = values[slot]
        }
      }
    }
    var joint = [[Int32: Double]](repeating: [:], count: count)
    for point in 0..<count {
      for slot in point * neighbours..<(point + 1) * neighbours {
        let (other, share) = (Int(places[slot]), conditional[slot] / (2 * Double(count)))
        joint[point][Int32(other), default: 0] += share
        joint[other][Int32(point), default: 0] += share
      }
    }
    let sorted = joint.map { $0.sorted { $0.key < $1.key } }
    return NeighbourProbabilities(
      starts: sorted.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
      neighbours: sorted.flatMap { $0.map(\.key) }, values: sorted.flatMap { $0.map(\.value) })
  }

  /// Shares of a point's neighbours by their squared distances: Gaussian, as wide as gives the shares
  /// the perplexity that is asked for.
  private static func probabilities(_ distances: [Double], perplexity: Double) -> [Double] {
    let wanted = log(perplexity)
    var (low, high, beta) = (-Double.infinity, Double.infinity, 1.0)
    var shares = distances
    // The nearest counts as distance 0, so that sums do not vanish; shares do not depend on it.
    let nearest = distances.min() ?? 0
    for _ in 0..<100 {
      var sum = 0.0
      for place in distances.indices {
        shares[place] = exp(-(distances[place] - nearest) * beta)
        sum += shares[place]
      }
      var mean = 0.0
      for place in distances.indices {
        shares[place] /= sum
        mean += (distances[place] - nearest) * shares[place]
      }
      let excess = log(sum) + beta * mean - wanted
      if abs(excess) <= 1e-5 { break }
      if excess > 0 {
        low = beta
        beta = high == .infinity ? beta * 2 : (beta + high) / 2
      } else {
        high = beta
        beta = low == -.infinity ? beta / 2 : (beta + low) / 2
      }
    }
    return shares
  }
}

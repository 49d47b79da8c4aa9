import Foundation
import MoruTensors

/// Moves points along the forces between them.
struct EmbeddingDescent {
  let attraction: NeighbourProbabilities
  let dimensions: Int
  let method: TSNE.Method
  let learningRate: Double
  /// `[points, dimensions]`
  let places: Buffer<Double>
  private let gradient: Buffer<Double>

  private var count: Int { attraction.count }
  private var parts: Int { min(count, 64) }

  init(
    attraction: NeighbourProbabilities, places: [Double], dimensions: Int, method: TSNE.Method,
    learningRate: Double
  ) {
    self.attraction = attraction
    self.dimensions = dimensions
    self.method = method
    self.learningRate = learningRate
    self.places = Buffer(places)
    gradient = Buffer(repeating: 0, count: places.count)
  }

  /// Makes steps, and returns how many: fewer if the gradient vanishes, or the divergence has not
  /// fallen for 300 of them.
  ///
  /// Each coordinate has a gain, which grows while it keeps its direction.
  ///
  /// - Source: Jacobs 1988, doi:10.1016/0893-6080(88)90003-2, for the gains.
  mutating func run(_ iterations: Int, exaggeration: Double, momentum: Double) -> Int {
    var updates = [Double](repeating: 0, count: places.count)
    var gains = [Double](repeating: 1, count: places.count)
    var best = (divergence: Double.infinity, iteration: 0)
    for iteration in 0..<iterations {
      _ = forces(exaggeration: exaggeration)
      var squares = 0.0
      for place in updates.indices {
        let slope = gradient[place]
        gains[place] =
          updates[place] * slope < 0 ? gains[place] + 0.2 : max(gains[place] * 0.8, 0.01)
        updates[place] = momentum * updates[place] - learningRate * gains[place] * slope
        places[place] += updates[place]
        squares += gains[place] * slope * gains[place] * slope
      }
      guard (iteration + 1) % 50 == 0 else { continue }
      let divergence = divergence()
      if divergence < best.divergence { best = (divergence, iteration) }
      if squares.squareRoot() <= 1e-7 || iteration - best.iteration > 300 { return iteration + 1 }
    }
    return iterations
  }

  /// Kullback and Leibler's divergence of the places' probabilities from the points', in nats.
  func divergence() -> Double {
    let sum = forces(exaggeration: 1)
    return (0..<count).reduce(0.0) { total, point in
      attraction.range(of: point).reduce(total) { total, place in
        let value = attraction.values[place]
        let near = 1 / (1 + squaredDistance(point, Int(attraction.neighbours[place])))
        return total + value * log(value / max(near / sum, .ulpOfOne))
      }
    }
  }

  private func squaredDistance(_ one: Int, _ other: Int) -> Double {
    (0..<dimensions).reduce(0) { sum, axis in
      let difference = places[one * dimensions + axis] - places[other * dimensions + axis]
      return sum + difference * difference
    }
  }

  /// Computes the gradient, and returns the sum over all pairs of one over 1 plus the squared distance.
  private func forces(exaggeration: Double) -> Double {
    let repulsion = Buffer(repeating: 0.0, count: places.count)
    let sums = Buffer(repeating: 0.0, count: parts)
    let tree: CellTree? =
      if case .barnesHut(let angle) = method {
        CellTree(places.array, dimensions: dimensions, angle: angle)
      } else { nil }
    Parallel.forEach(parts: parts, of: count) { part, range in
      for point in range {
        let force = repulsion.start + point * dimensions
        if let tree {
          sums[part] += tree.repel(places.start + point * dimensions, into: force)
        } else {
          sums[part] += repel(point, into: force)
        }
        attract(point, exaggeration: exaggeration)
      }
    }
    let sum = sums.array.reduce(0, +)
    for place in 0..<places.count {
      gradient[place] = 4 * (gradient[place] - repulsion[place] / sum)
    }
    return sum
  }

  private func attract(_ point: Int, exaggeration: Double) {
    let force = gradient.start + point * dimensions
    force.update(repeating: 0, count: dimensions)
    attraction.neighbours.withUnsafeBufferPointer { neighbours in
      attraction.values.withUnsafeBufferPointer { values in
        for place in attraction.range(of: point) {
          let other = Int(neighbours[place])
          let share = exaggeration * values[place] / (1 + squaredDistance(point, other))
          for axis in 0..<dimensions {
            force[axis] +=
              share * (places[point * dimensions + axis] - places[other * dimensions + axis])
          }
        }
      }
    }
  }

  private func repel(_ point: Int, into force: UnsafeMutablePointer<Double>) -> Double {
    var sum = 0.0
    for other in 0..<count where other != point {
      let near = 1 / (1 + squaredDistance(point, other))
      sum += near
      for axis in 0..<dimensions {
        force[axis] +=
          near * near * (places[point * dimensions + axis] - places[other * dimensions + axis])
      }
    }
    return sum
  }
}

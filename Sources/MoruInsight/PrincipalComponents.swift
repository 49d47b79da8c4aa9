public import MoruTensors

/// The directions in which points differ most, and the points seen along them.
///
/// With centred points `X` the components are the eigenvectors of `Xᵀ X / (n − 1)` with the greatest
/// eigenvalues, longest first. Each points to the side on which its element of greatest size is
/// positive.
///
/// - Source: Pearson 1901, doi:10.1080/14786440109462720; the method is subspace iteration, as in
///   Halko, Martinsson, Tropp 2009, arXiv:0909.4061.
public struct PrincipalComponents: Sendable, Equatable {
  /// The points' mean. `[features]`
  public let mean: [Double]
  /// Directions of length 1. `[components, features]`
  public let components: [[Double]]
  /// The variance of the points along each component, the greatest first.
  public let variances: [Double]
  /// The variance of the points along all directions together.
  public let totalVariance: Double
  /// The points along the components. `[points, components]`
  public let projections: [[Double]]

  /// Analyses points.
  ///
  /// - Parameters:
  ///   - points: `[points, features]`, at least two, finite.
  ///   - count: How many components, at least 1 and at most the number of features.
  /// - Throws: `InsightError.shape` for another shape, `.outOfRange` for the count or numbers that
  ///   are not finite.
  public init(of points: HostTensor, count: Int = 2) throws {
    guard points.shape.rank == 2, points.shape[0] > 1, points.shape[1] > 0 else {
      throw InsightError.shape(
        of: "the points", found: points.shape, needed: "[points, features], at least two points")
    }
    let width = points.shape[1]
    guard (1...width).contains(count) else {
      throw InsightError.outOfRange("count", allowed: "from 1 to the number of features, \(width)")
    }
    let values = try points.converted(to: .float64).array(of: Double.self)
    guard values.allSatisfy(\.isFinite) else {
      throw InsightError.outOfRange("every number", allowed: "finite")
    }
    let rows = stride(from: 0, to: values.count, by: width).map {
      Array(values[$0..<$0 + width])
    }
    let mean = (0..<width).map { column in
      rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
    }
    let centred = rows.map { zip($0, mean).map { $0 - $1 } }
    let freedom = Double(rows.count - 1)
    self.mean = mean
    totalVariance = centred.reduce(0) { $0 + $1.dot($1) } / freedom

    let (directions, squares) = Self.leading(count, of: centred, width: width)
    components = directions.map { direction in
      let greatest = direction.max { abs($0) < abs($1) } ?? 0
      return greatest < 0 ? direction.map { -$0 } : direction
    }
    variances = squares.map { $0 / freedom }
    let axes = components
    projections = centred.map { row in axes.map { $0.dot(row) } }
  }

  /// The eigenvectors of `XᵀX` with the greatest eigenvalues, and these.
  private static func leading(
    _ count: Int, of rows: [[Double]], width: Int
  ) -> (vectors: [[Double]], values: [Double]) {
    // A few more directions than asked for: the last ones converge slowly.
    let size = min(count + 8, width)
    var generator = Seed(0).generator
    var basis = (0..<size).map { _ in
      (0..<width).map { _ in Double.random(in: -1...1, using: &generator) }
    }
    orthonormalize(&basis)
    var values = [Double](repeating: 0, count: size)
    for _ in 0..<1000 {
      let images = basis.map { multiplied($0, by: rows, width: width) }
      let small = basis.map { vector in images.map { vector.dot($0) } }
      let (rotation, found) = eigenvectors(ofSymmetric: small)
      let isDone = zip(found.prefix(count), values).allSatisfy { abs($0 - $1) <= 1e-14 * found[0] }
      values = found
      if isDone {
        basis = rotation.map { combined($0, basis) }
        break
      }
      basis = rotation.map { combined($0, images) }
      orthonormalize(&basis)
    }
    return (Array(basis.prefix(count)), values.prefix(count).map { max($0, 0) })
  }

  /// `Xᵀ(X v)`.
  private static func multiplied(_ vector: [Double], by rows: [[Double]], width: Int) -> [Double] {
    var result = [Double](repeating: 0, count: width)
    for row in rows {
      let share = row.dot(vector)
      for column in 0..<width { result[column] += share * row[column] }
    }
    return result
  }

  private static func combined(_ shares: [Double], _ vectors: [[Double]]) -> [Double] {
    var result = [Double](repeating: 0, count: vectors[0].count)
    for (share, vector) in zip(shares, vectors) {
      for place in result.indices { result[place] += share * vector[place] }
    }
    return result
  }

  /// Makes vectors orthogonal and of length 1, by Gram and Schmidt, twice for the digits' sake. A
  /// vector that depends on those before becomes an axis that does not.
  private static func orthonormalize(_ vectors: inout [[Double]]) {
    for place in vectors.indices {
      var candidate = vectors[place]
      var axis = 0
      while true {
        let before = candidate.dot(candidate).squareRoot()
        for _ in 0..<2 {
          for other in vectors[..<place] {
            let share = other.dot(candidate)
            candidate = zip(candidate, other).map { $0 - share * $1 }
          }
        }
        let length = candidate.dot(candidate).squareRoot()
        if length > 1e-12 * before, length > 0 {
          vectors[place] = candidate.map { $0 / length }
          break
        }
        candidate = candidate.indices.map { $0 == axis ? 1 : 0 }
        axis += 1
      }
    }
  }

  /// Eigenvectors and eigenvalues of a small symmetric matrix, the greatest first, by Jacobi's
  /// rotations.
  private static func eigenvectors(
    ofSymmetric matrix: [[Double]]
  ) -> (vectors: [[Double]], values: [Double]) {
    var a = matrix
    let size = a.count
    var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
    for _ in 0..<50 {
      var rest = 0.0
      for row in 0..<size { for column in 0..<row { rest += a[row][column] * a[row][column] } }
      let whole = a.reduce(0) { $0 + $1.dot($1) }
      if rest <= 1e-32 * whole { break }
      for p in 0..<size {
        for q in p + 1..<size where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<size {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
          }
          for k in 0..<size {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
            (vectors[p][k], vectors[q][k]) = (
              c * vectors[p][k] - s * vectors[q][k], s * vectors[p][k] + c * vectors[q][k]
            )
          }
        }
      }
    }
    let order = a.indices.sorted { a[$0][$0] > a[$1][$1] }
    return (order.map { vectors[$0] }, order.map { a[$0][$0] })
  }
}

extension [Double] {
  fileprivate func dot(_ other: [Double]) -> Double {
    var sum = 0.0
    for place in indices { sum += self[place] * other[place] }
    return sum
  }
}

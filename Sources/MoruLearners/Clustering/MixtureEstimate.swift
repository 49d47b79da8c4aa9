import Foundation
import MoruTensors

/// The numbers of a mixture of Gaussians, and the two steps of expectation–maximization.
struct MixtureEstimate: Sendable, Equatable {
  let features: Int
  let weights: [Double]
  /// `[components, features]`
  let means: [[Double]]
  /// As the kind of covariance has them, one array for each matrix, row of variances or variance.
  let covariances: [[Double]]
  /// Whether precisions are matrices rather than one number a feature.
  let isFull: Bool
  /// For each component `P` with `P·Pᵀ` the inverse of its covariance: `[features, features]`, or its
  /// diagonal.
  let precisions: [[Double]]
  /// What is added to `−½ · |(x − mean)·P|²` to make it the logarithm of weight times density.
  let biases: [Double]

  // MARK: - Expectation

  /// How much each record belongs to each component, and the logarithms of the records' densities.
  func expect(
    _ records: Records<Double>, into memberships: Buffer<Double>
  ) -> (densities: Buffer<Double>, mean: Double) {
    let densities = Buffer(repeating: 0.0, count: records.count)
    let count = weights.count
    let parts = Self.parts(records)
    let sums = Buffer(repeating: 0.0, count: parts)
    records.withRows { rows in
      Parallel.forEach(parts: parts, of: records.count) { part, range in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
          let block = start..<min(start + Self.blockSize, range.upperBound)
          for component in 0..<count {
            score(rows, block, component, memberships)
          }
          for record in block {
            let scores = memberships.start + record * count
            densities[record] = normalize(scores, count: count)
            sums[part] += densities[record]
          }
        }
      }
    }
    return (densities, sums.array.reduce(0, +) / Double(records.count))
  }

  private static let blockSize = 256

  private static func parts(_ records: Records<Double>) -> Int {
    max(1, min(16, records.count / 512))
  }

  /// Writes the logarithms of weight times density of one component.
  private func score(
    _ rows: UnsafePointer<Double>, _ block: Range<Int>, _ component: Int,
    _ scores: Buffer<Double>
  ) {
    let count = weights.count
    let (mean, precision) = (means[component], precisions[component])
    var differences = [Double](repeating: 0, count: block.count * features)
    for (place, record) in block.enumerated() {
      for feature in 0..<features {
        let difference = rows[record * features + feature] - mean[feature]
        differences[place * features + feature] =
          isFull ? difference : difference * precision[feature]
      }
    }
    if isFull {
      differences = LinearAlgebra.product(
        differences, precision, rows: block.count, inner: features, columns: features)
    }
    for (place, record) in block.enumerated() {
      var distance = 0.0
      for feature in place * features..<(place + 1) * features {
        distance += differences[feature] * differences[feature]
      }
      scores[record * count + component] = biases[component] - 0.5 * distance
    }
  }

  /// Turns logarithms into shares, and returns the logarithm of their sum.
  private func normalize(_ scores: UnsafeMutablePointer<Double>, count: Int) -> Double {
    var greatest = -Double.infinity
    for place in 0..<count { greatest = max(greatest, scores[place]) }
    var sum = 0.0
    for place in 0..<count { sum += exp(scores[place] - greatest) }
    let total = greatest + log(sum)
    for place in 0..<count { scores[place] = exp(scores[place] - total) }
    return total
  }

  // MARK: - Maximization

  /// The likeliest estimate for records that belong to components so much; nil if a covariance has no
  /// inverse.
  init?(
    _ records: Records<Double>, _ memberships: Buffer<Double>, components: Int,
    covariance: GaussianMixture.Covariance, regularization: Double
  ) {
    features = records.features
    isFull = covariance == .full || covariance == .tied
    let sums = MixtureSums(records, memberships, components: components, parts: Self.parts(records))
    let total = sums.counts.reduce(0, +)
    weights = sums.counts.map { $0 / total }
    means = sums.means
    let spreads = isFull ? sums.products() : sums.squares()
    var found: [[Double]]
    switch covariance {
    case .full, .diagonal:
      found = zip(spreads, sums.counts).map { spread, count in spread.map { $0 / count } }
    case .tied:
      found = [spreads[0].indices.map { place in spreads.reduce(0) { $0 + $1[place] } / total }]
    case .spherical:
      let width = Double(records.features)
      found = zip(spreads, sums.counts).map { [$0.reduce(0, +) / $1 / width] }
    }
    // Of a matrix only the diagonal.
    let step = isFull ? features + 1 : 1
    for place in found.indices {
      for entry in stride(from: 0, to: found[place].count, by: step) {
        found[place][entry] += regularization
      }
    }
    covariances = found
    guard let roots = Self.precisions(of: found, features: features, isFull: isFull) else {
      return nil
    }
    precisions = covariance == .tied ? .init(repeating: roots[0], count: components) : roots
    let norm = -0.5 * Double(features) * log(2 * Double.pi)
    biases = zip(weights, precisions).map { weight, precision in
      stride(from: 0, to: precision.count, by: step)
        .reduce(norm + log(weight)) { $0 + log(precision[$1]) }
    }
    guard biases.allSatisfy(\.isFinite) else { return nil }
  }

  /// `P` with `P·Pᵀ` the inverse of each covariance; nil if one has none.
  private static func precisions(
    of covariances: [[Double]], features: Int, isFull: Bool
  ) -> [[Double]]? {
    var roots: [[Double]] = []
    for covariance in covariances {
      if isFull {
        guard let root = LinearAlgebra.inverseRoot(covariance, size: features) else { return nil }
        roots.append(root)
      } else {
        let row =
          covariance.count == 1 ? .init(repeating: covariance[0], count: features) : covariance
        guard row.allSatisfy({ $0 > 0 }) else { return nil }
        roots.append(row.map { 1 / $0.squareRoot() })
      }
    }
    return roots
  }
}

/// Sums over records that belong to components in part.
private struct MixtureSums {
  let records: Records<Double>
  let memberships: Buffer<Double>
  let parts: Int
  /// How many records belong to each component.
  let counts: [Double]
  /// Their means.
  let means: [[Double]]

  init(_ records: Records<Double>, _ memberships: Buffer<Double>, components: Int, parts: Int) {
    self.records = records
    self.memberships = memberships
    self.parts = parts
    let width = records.features
    let sums = Self.sum(over: records, parts: parts, width: components * (width + 1)) {
      row, record, sum in
      for component in 0..<components {
        let share = memberships[record * components + component]
        let target = sum + component * (width + 1)
        for feature in 0..<width { target[feature] += share * row[feature] }
        target[width] += share
      }
    }
    // A component that no record belongs to keeps a trace, so that nothing is divided by 0.
    let counts = (0..<components).map { sums[$0 * (width + 1) + width] + 10 * Double.ulpOfOne }
    self.counts = counts
    means = (0..<components).map { component in
      (0..<width).map { sums[component * (width + 1) + $0] / counts[component] }
    }
  }

  /// For each component the sum of the products of all pairs of features' distances from the mean.
  func products() -> [[Double]] {
    let width = records.features
    return means.indices.map { component in
      let mean = means[component]
      // Of a thousand records at a time: products of matrices are what BLAS is for.
      var sum = [Double](repeating: 0, count: width * width)
      for start in stride(from: 0, to: records.count, by: 1024) {
        let block = start..<min(start + 1024, records.count)
        let values = block.flatMap { record in
          let root = memberships[record * counts.count + component].squareRoot()
          return (0..<width).map {
            root * (records.values[record * width + $0] - mean[$0])
          }
        }
        let gram = LinearAlgebra.gram(values, rows: block.count, columns: width)
        for place in sum.indices { sum[place] += gram[place] }
      }
      return sum
    }
  }

  /// For each component the sums of the features' squared distances from the mean.
  func squares() -> [[Double]] {
    let (width, components) = (records.features, counts.count)
    let sums = Self.sum(over: records, parts: parts, width: components * width) {
      row, record, sum in
      for component in 0..<components {
        let share = memberships[record * components + component]
        let mean = means[component]
        for feature in 0..<width {
          let difference = row[feature] - mean[feature]
          sum[component * width + feature] += share * difference * difference
        }
      }
    }
    return (0..<components).map { Array(sums[$0 * width..<($0 + 1) * width]) }
  }

  /// The sum over all records of what `add` adds for each.
  private static func sum(
    over records: Records<Double>, parts: Int, width: Int,
    add: (UnsafePointer<Double>, _ record: Int, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let sums = Buffer(repeating: 0.0, count: parts * width)
    records.withRows { rows in
      Parallel.forEach(parts: parts, of: records.count) { part, range in
        for record in range {
          add(rows + record * records.features, record, sums.start + part * width)
        }
      }
    }
    return (0..<width).map { place in (0..<parts).reduce(0) { $0 + sums[$1 * width + place] } }
  }
}

public import MoruTensors

/// The directions in which points differ most.
///
/// With centred points `X` the components are the eigenvectors of `Xᵀ X / (n − 1)` with the greatest
/// eigenvalues, greatest first. Each points to the side on which its element of greatest size is
/// positive.
///
/// - Source: Pearson 1901, doi:10.1080/14786440109462720.
public struct PrincipalComponents: Sendable, Equatable {
  /// The points' mean. `[features]`
  public let mean: [Double]
  /// Directions of length 1. `[components, features]`
  public let components: [[Double]]
  /// The variance of the points along each component, the greatest first.
  public let variances: [Double]
  /// The variance of the points along all directions together.
  public let totalVariance: Double
  /// Whether projections are divided by their standard deviations.
  public let isWhitened: Bool

  /// The share of each component in the variance, 0…1; 0 if there is none.
  public var varianceShares: [Double] {
    variances.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// What projections are multiplied by: 1, or in whitening one over the standard deviation, and 0
  /// where there is none.
  var scales: [Double] {
    let least = (variances.first ?? 0) * Double.ulpOfOne * Double(mean.count)
    return variances.map { variance in
      !isWhitened ? 1 : variance > least ? 1 / variance.squareRoot() : 0
    }
  }

  /// The points along the components.
  ///
  /// - Parameter points: `[points, …]`, as many numbers a point as there are features.
  /// - Returns: `[points, components]`, Float64 if the points are, else Float32.
  /// - Throws: `LearnerError` if the points have other features, or numbers that are not finite.
  public func projections(of points: HostTensor) throws -> HostTensor {
    points.dtype == .float64
      ? try projections(Records<Double>(points, learner: "PCA"))
      : try projections(Records<Float>(points, learner: "PCA"))
  }

  /// The points that projections stand for, as far as the components tell them.
  ///
  /// - Parameter projections: `[points, components]`
  /// - Returns: `[points, features]`, Float64 if the projections are, else Float32.
  /// - Throws: `LearnerError` if there is another number of components.
  public func points(of projections: HostTensor) throws -> HostTensor {
    let records = try Records<Double>(projections, learner: "PCA")
    try check(records.features, isOf: components.count, "components")
    let basis = zip(components, scales).flatMap { direction, scale in
      direction.map { scale == 0 ? 0 : $0 / scale }
    }
    var result = LinearAlgebra.product(
      records.values, basis, rows: records.count, inner: components.count, columns: mean.count)
    for place in result.indices { result[place] += mean[place % mean.count] }
    return try HostTensor(result, shape: [records.count, mean.count])
      .converted(to: projections.dtype == .float64 ? .float64 : .float32)
  }

  private func projections<Element>(_ records: Records<Element>) throws -> HostTensor {
    try check(records.features, isOf: mean.count, "features")
    let (width, count) = (mean.count, components.count)
    let scales = scales
    // Columns are components.
    let basis = Buffer(
      (0..<width * count).map { place in
        Element(components[place % count][place / count] * scales[place % count])
      })
    return HostTensor(shape: [records.count, count], of: Element.self) { result in
      guard let target = result.baseAddress else { return }
      records.forEachCentredBlock(around: mean) { rows, block in
        Element.product(
          block.start, basis, into: target + rows.lowerBound * count, rows: rows.count,
          inner: width, columns: count)
      }
    }
  }

  private func check(_ found: Int, isOf expected: Int, _ what: String) throws {
    guard found == expected else {
      throw LearnerError.setting(
        learner: "PCA", name: "points", problem: "have \(found) \(what), not \(expected)")
    }
  }
}

extension Records {
  /// The mean of each feature.
  var means: [Double] {
    let parts = max(1, min(16, count / 1024))
    let sums = Buffer(repeating: 0.0, count: parts * features)
    withRows { rows in
      Parallel.forEach(parts: parts, of: count) { part, range in
        let sum = sums.start + part * features
        for row in range {
          let values = rows + row * features
          for feature in 0..<features { sum[feature] += Double(values[feature]) }
        }
      }
    }
    return (0..<features).map { feature in
      (0..<parts).reduce(0) { $0 + sums[$1 * features + feature] } / Double(count)
    }
  }

  /// Calls `body` with the rows minus `mean`, some thousand at a time.
  func forEachCentredBlock(
    around mean: [Double], _ body: (_ rows: Range<Int>, Buffer<Element>) -> Void
  ) {
    let size = min(count, max(1024, (1 << 16) / features))
    let block = Buffer<Element>(repeating: 0, count: size * features)
    let center = mean.map { Element($0) }
    withRows { rows in
      center.withUnsafeBufferPointer { center in
        for start in stride(from: 0, to: count, by: size) {
          let range = start..<min(start + size, count)
          let parts = min(range.count, 8)
          Parallel.forEach(parts: parts, of: range.count) { _, part in
            for row in part {
              let source = rows + (start + row) * features
              let target = block.start + row * features
              for feature in 0..<features { target[feature] = source[feature] - center[feature] }
            }
          }
          body(range, block)
        }
      }
    }
  }
}

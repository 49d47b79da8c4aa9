internal import CLAPACK

/// Rows of numbers, `[count, width]`.
struct Points {
  let values: [Double]
  let count: Int
  let width: Int

  init(values: [Double], count: Int, width: Int) {
    self.values = values
    self.count = count
    self.width = width
  }

  init(columns: [[Double]], count: Int) {
    self.init(
      values: (0..<count).flatMap { row in columns.map { $0[row] } }, count: count,
      width: columns.count)
  }

  subscript(row: Int, column: Int) -> Double { values[row * width + column] }

  func column(_ place: Int) -> [Double] { (0..<count).map { self[$0, place] } }
}

/// The nearest of some points to each of them by Euclidean distance, itself left out: exact, the
/// earlier one of equally near points first.
///
/// Products of blocks of points say which come into question; these are compared by their true
/// distances, so that the result depends on no rounding of products.
struct NearestNeighbors {
  private let points: Points
  private let norms: [Double]

  init(_ points: Points) {
    self.points = points
    norms = (0..<points.count).map { row in
      points.values[row * points.width..<(row + 1) * points.width].reduce(0) { $0 + $1 * $1 }
    }
  }

  /// The `count` nearest of every point, nearest first.
  func ofEach(_ count: Int) -> [[Int]] { of(Array(0..<points.count), count) }

  /// The `count` nearest of some points, nearest first. There are more points than that.
  func of(_ places: [Int], _ count: Int) -> [[Int]] {
    let blockSize = max(1, (1 << 22) / max(points.count, 1))
    var result: [[Int]] = []
    for start in stride(from: 0, to: places.count, by: blockSize) {
      let block = Array(places[start..<min(start + blockSize, places.count)])
      let products = products(of: block)
      for (row, place) in block.enumerated() {
        result.append(nearest(to: place, count, products: products, row: row))
      }
    }
    return result
  }

  /// The products of some points with all, `[block, count]`.
  private func products(of block: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: block.count * points.count)
    guard points.width > 0 else { return result }
    let rows = block.flatMap { points.values[$0 * points.width..<($0 + 1) * points.width] }
    let (count, width) = (Int32(points.count), Int32(points.width))
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(block.count), count, width, 1, rows, width,
      points.values, width, 0, &result, count)
    return result
  }

  private func nearest(to place: Int, _ count: Int, products: [Double], row: Int) -> [Int] {
    var smallest: [Double] = []
    let offset = row * points.count
    let distances = (0..<points.count).map { other in
      norms[place] + norms[other] - 2 * products[offset + other]
    }
    for (other, distance) in distances.enumerated() where other != place {
      guard smallest.count < count || distance < smallest[count - 1] else { continue }
      let slot = smallest.firstIndex { distance < $0 } ?? smallest.count
      smallest.insert(distance, at: slot)
      if smallest.count > count { smallest.removeLast() }
    }
    // How far a distance from products can be off, on both sides.
    let unsureness = 8 * .ulpOfOne * Double(points.width + 4) * (norms[place] + (norms.max() ?? 0))
    let bound = (smallest.last ?? 0) + unsureness
    let candidates = distances.indices.filter { $0 != place && distances[$0] <= bound }
      .map { (distance: trueDistance(place, $0), place: $0) }
    return candidates.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }
      .prefix(count).map(\.place)
  }

  /// `Σ(a − b)²`
  private func trueDistance(_ one: Int, _ other: Int) -> Double {
    points.values.withUnsafeBufferPointer { values in
      var sum = 0.0
      for column in 0..<points.width {
        let difference =
          values[one * points.width + column] - values[other * points.width + column]
        sum += difference * difference
      }
      return sum
    }
  }
}

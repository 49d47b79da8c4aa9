/// Places in cells that are halved along each axis, so that far ones push together.
///
/// - Source: Barnes, Hut 1986, doi:10.1038/324446a0.
struct CellTree {
  private let dimensions: Int
  private let squaredAngle: Double

  // One entry a cell.
  private var sums: [Double] = []
  private var counts: [Double] = []
  private var widths: [Double] = []
  /// Where a cell's `2^dimensions` cells begin; 0 for a cell that is not divided.
  private var children: [Int32] = []

  /// Cells deeper down hold places that are as good as one.
  private static let mostLevels = 48

  /// A tree of places `[count, dimensions]`.
  init(_ places: [Double], dimensions: Int, angle: Double) {
    self.dimensions = dimensions
    squaredAngle = angle * angle
    let count = places.count / dimensions
    var (low, high) = (
      [Double](repeating: .infinity, count: dimensions),
      [Double](repeating: -.infinity, count: dimensions)
    )
    for (place, value) in places.enumerated() {
      low[place % dimensions] = min(low[place % dimensions], value)
      high[place % dimensions] = max(high[place % dimensions], value)
    }
    let width = zip(low, high).reduce(0) { max($0, $1.1 - $1.0) }
    var order = (0..<count).map { Int32($0) }
    addCell(width: width)
    divide(0, places, &order, 0..<count, low: low, level: 0)
  }

  private mutating func addCell(width: Double) {
    sums += [Double](repeating: 0, count: dimensions)
    counts.append(0)
    widths.append(width)
    children.append(0)
  }

  /// Fills a cell with the places of a range of `order`, and divides it while it holds several.
  private mutating func divide(
    _ cell: Int, _ places: [Double], _ order: inout [Int32], _ range: Range<Int>, low: [Double],
    level: Int
  ) {
    counts[cell] = Double(range.count)
    for slot in range {
      for axis in 0..<dimensions {
        sums[cell * dimensions + axis] += places[Int(order[slot]) * dimensions + axis]
      }
    }
    guard range.count > 1, widths[cell] > 0, level < Self.mostLevels else { return }
    let half = widths[cell] / 2
    let first = counts.count
    children[cell] = Int32(first)
    for _ in 0..<1 << dimensions { addCell(width: half) }
    let middle = low.map { $0 + half }
    func corner(_ place: Int32) -> Int {
      (0..<dimensions).reduce(0) {
        places[Int(place) * dimensions + $1] >= middle[$1] ? $0 | 1 << $1 : $0
      }
    }
    let parted = (0..<1 << dimensions).map { wanted in order[range].filter { corner($0) == wanted }
    }
    var start = range.lowerBound
    for (part, inside) in parted.enumerated() where !inside.isEmpty {
      order.replaceSubrange(start..<start + inside.count, with: inside)
      let corner = (0..<dimensions).map { part >> $0 & 1 == 1 ? middle[$0] : low[$0] }
      divide(
        first + part, places, &order, start..<start + inside.count, low: corner, level: level + 1)
      start += inside.count
    }
  }

  /// Adds the push of all other places to a force, and returns the sum of one over 1 plus the squared
  /// distance from them.
  func repel(
    _ place: UnsafePointer<Double>, into force: UnsafeMutablePointer<Double>
  ) -> Double {
    var sum = 0.0
    sums.withUnsafeBufferPointer { sums in
      withUnsafeTemporaryAllocation(
        of: Int32.self, capacity: Self.mostLevels << dimensions
      ) { open in
        open[0] = 0
        var depth = 1
        while depth > 0 {
          depth -= 1
          let cell = Int(open[depth])
          let share = counts[cell]
          guard share > 0 else { continue }
          var distance = 0.0
          for axis in 0..<dimensions {
            let difference = place[axis] - sums[cell * dimensions + axis] / share
            distance += difference * difference
          }
          let isLeaf = children[cell] == 0
          if isLeaf || widths[cell] * widths[cell] < squaredAngle * distance {
            // Several places in one leaf are as good as one.
            let reach = share > 1 ? widths[cell] * widths[cell] * Double(dimensions) : 0
            let others = isLeaf && distance <= reach ? share - 1 : share
            let near = 1 / (1 + distance)
            sum += others * near
            for axis in 0..<dimensions {
              force[axis] +=
                others * near * near * (place[axis] - sums[cell * dimensions + axis] / share)
            }
          } else {
            for child in 0..<1 << dimensions {
              open[depth] = children[cell] + Int32(child)
              depth += 1
            }
          }
        }
      }
    }
    return sum
  }
}

/// Points in boxes within boxes, so that those near a place are found without looking at all others.
///
/// - Source: Bentley 1975, doi:10.1145/361002.361007.
struct KDTree {
  private struct Node {
    /// Places in `order` of the points below.
    let range: Range<Int>
    /// Places of the two halves among the nodes; 0 for a leaf.
    var left = 0
    var right = 0
  }

  private static let leafSize = 24

  private let records: Records<Double>
  private var nodes: [Node] = []
  /// The lower and upper end of each node's points along each axis: `[nodes, 2, features]`.
  private var bounds: [Double] = []
  private var order: [Int32]
  /// The points in the order of `order`.
  private var sorted: [Double] = []

  /// A tree of points.
  init(_ records: Records<Double>) {
    self.records = records
    order = (0..<records.count).map { Int32($0) }
    var open = [addNode(0..<records.count)]
    while let place = open.popLast() {
      let range = nodes[place].range
      guard range.count > Self.leafSize, let axis = widestAxis(of: place) else { continue }
      let middle = split(range, along: axis)
      nodes[place].left = addNode(range.lowerBound..<middle)
      nodes[place].right = addNode(middle..<range.upperBound)
      open += [nodes[place].left, nodes[place].right]
    }
    sorted = records.rows(order.map { Int($0) })
  }

  /// Calls `body` with each point whose squared distance from a point is at most `limit`, and that
  /// distance.
  func forEachPoint(
    near point: Int, within limit: Double, _ body: (_ place: Int, _ distance: Double) -> Void
  ) {
    visit(around: point, limit: { limit }, body)
  }

  /// The points nearest to a point, itself left out, and their squared distances, nearest first; of
  /// equally near ones those that come first.
  func nearest(_ count: Int, to point: Int) -> [(place: Int, distance: Double)] {
    var found: [(place: Int, distance: Double)] = []
    found.reserveCapacity(count + 1)
    visit(around: point, limit: { found.count < count ? .infinity : found[count - 1].distance }) {
      place, distance in
      guard place != point else { return }
      var slot = found.count
      while slot > 0, (distance, place) < (found[slot - 1].distance, found[slot - 1].place) {
        slot -= 1
      }
      guard slot < count else { return }
      found.insert((place, distance), at: slot)
      if found.count > count { found.removeLast() }
    }
    return found
  }

  private func visit(
    around point: Int, limit: () -> Double, _ body: (Int, Double) -> Void
  ) {
    let width = records.features
    records.values.withUnsafeBufferPointer { values in
      sorted.withUnsafeBufferPointer { sorted in
        bounds.withUnsafeBufferPointer { bounds in
          let center = UnsafeBufferPointer(rebasing: values[point * width..<(point + 1) * width])
          var open = [(node: 0, gap: gap(center, 0, bounds))]
          while let (node, gap) = open.popLast() {
            guard gap <= limit() else { continue }
            guard nodes[node].left == 0 else {
              let halves = [nodes[node].left, nodes[node].right].map {
                (node: $0, gap: self.gap(center, $0, bounds))
              }
              // The nearer half is looked at first.
              open += halves[0].gap < halves[1].gap ? halves.reversed() : halves
              continue
            }
            for place in nodes[node].range {
              var distance = 0.0
              for axis in 0..<width {
                let difference = sorted[place * width + axis] - center[axis]
                distance += difference * difference
              }
              if distance <= limit() { body(Int(order[place]), distance) }
            }
          }
        }
      }
    }
  }

  /// The least squared distance that a point of a node may have from a place.
  private func gap(
    _ center: UnsafeBufferPointer<Double>, _ node: Int, _ bounds: UnsafeBufferPointer<Double>
  ) -> Double {
    let width = center.count
    let lower = node * 2 * width
    var sum = 0.0
    for axis in 0..<width {
      let outside = max(
        bounds[lower + axis] - center[axis], center[axis] - bounds[lower + width + axis], 0)
      sum += outside * outside
    }
    return sum
  }

  private mutating func addNode(_ range: Range<Int>) -> Int {
    let width = records.features
    var lower = [Double](repeating: .infinity, count: width)
    var upper = [Double](repeating: -.infinity, count: width)
    for place in range {
      let start = Int(order[place]) * width
      for axis in 0..<width {
        lower[axis] = min(lower[axis], records.values[start + axis])
        upper[axis] = max(upper[axis], records.values[start + axis])
      }
    }
    nodes.append(Node(range: range))
    bounds += lower + upper
    return nodes.count - 1
  }

  /// The axis along which a node's points lie farthest apart; nil if they all are one.
  private func widestAxis(of node: Int) -> Int? {
    let width = records.features
    let start = node * 2 * width
    let spans = (0..<width).map { bounds[start + width + $0] - bounds[start + $0] }
    guard let axis = spans.indices.max(by: { spans[$0] < spans[$1] }), spans[axis] > 0 else {
      return nil
    }
    return axis
  }

  /// Puts the lesser half of a range's points along an axis before the greater, and returns where that
  /// begins.
  private mutating func split(_ range: Range<Int>, along axis: Int) -> Int {
    let width = records.features
    func value(_ place: Int) -> Double { records.values[Int(order[place]) * width + axis] }
    let middle = range.lowerBound + range.count / 2
    var (low, high) = (range.lowerBound, range.upperBound - 1)
    // Hoare's selection: what is left around the middle is parted until nothing is.
    while low < high {
      let pivot = value((low + high) / 2)
      var (left, right) = (low, high)
      while left <= right {
        while value(left) < pivot { left += 1 }
        while value(right) > pivot { right -= 1 }
        if left <= right {
          order.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if middle <= right {
        high = right
      } else if middle >= left {
        low = left
      } else {
        break
      }
    }
    return middle
  }
}

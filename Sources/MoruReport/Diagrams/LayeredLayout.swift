/// Places of boxes in rows, each below those that lead to it, with few crossings and straight edges:
/// the same for the same graph.
///
/// Edges over several rows pass through a place of their own in each row between.
///
/// - Source: Sugiyama, Tagawa, Toda 1981, doi:10.1109/TSMC.1981.4308636; places in a row by least
///   squares under their order (Barlow 1972).
struct LayeredLayout {
  /// A box, or where a long edge passes a row.
  private struct Slot {
    let width: Double
    let isBox: Bool
    var row: Int
    var x = 0.0
    var above: [Int] = []
    var below: [Int] = []
  }

  /// The row of each box, from 0.
  let rows: [Int]
  /// The middle of each box.
  private(set) var middles: [Double]
  /// For each edge, by its ends, the middles of the places that it passes, one a row between.
  private(set) var bends: [[Double]]

  /// - Parameters:
  ///   - widths: Of the boxes.
  ///   - edges: From a box to a later one.
  ///   - gap: The least space between two boxes.
  init(widths: [Double], edges: [(from: Int, to: Int)], gap: Double) {
    var rows = [Int](repeating: 0, count: widths.count)
    for edge in edges.sorted(by: { $0.to < $1.to }) {
      rows[edge.to] = max(rows[edge.to], rows[edge.from] + 1)
    }
    var slots = widths.indices.map { Slot(width: widths[$0], isBox: true, row: rows[$0]) }
    var passes: [[Int]] = []
    for edge in edges {
      var (last, passed) = (edge.from, [Int]())
      func link(_ next: Int) {
        slots[last].below.append(next)
        slots[next].above.append(last)
        last = next
      }
      for row in rows[edge.from] + 1..<max(rows[edge.to], rows[edge.from] + 1) {
        slots.append(Slot(width: 8, isBox: false, row: row))
        passed.append(slots.count - 1)
        link(slots.count - 1)
      }
      link(edge.to)
      passes.append(passed)
    }
    var order = [[Int]](repeating: [], count: (rows.max() ?? 0) + 1)
    for place in slots.indices { order[slots[place].row].append(place) }
    Self.arrange(&order, slots)
    Self.place(order, &slots, gap: gap)
    self.rows = rows
    middles = widths.indices.map { slots[$0].x }
    bends = passes.map { $0.map { slots[$0].x } }
  }

  /// Orders each row by the mean places of the neighbours in the row before, then after.
  private static func arrange(_ order: inout [[Int]], _ slots: [Slot]) {
    var place = [Double](repeating: 0, count: slots.count)
    func note(_ row: [Int]) {
      for (index, slot) in row.enumerated() { place[slot] = Double(index) }
    }
    order.forEach(note)
    for sweep in 0..<8 {
      let down = sweep.isMultiple(of: 2)
      for row in down ? Array(order.indices) : order.indices.reversed() {
        let means = order[row].map { slot in
          let neighbours = down ? slots[slot].above : slots[slot].below
          return neighbours.isEmpty
            ? place[slot]
            : neighbours.reduce(0) { $0 + place[$1] } / Double(neighbours.count)
        }
        order[row] = order[row].indices.sorted { (means[$0], $0) < (means[$1], $1) }
          .map { order[row][$0] }
        note(order[row])
      }
    }
  }

  /// Moves each row towards its neighbours, boxes more than passing edges, without overlaps.
  private static func place(_ order: [[Int]], _ slots: inout [Slot], gap: Double) {
    for sweep in 0..<24 {
      let down = sweep.isMultiple(of: 2)
      for row in down ? Array(order.indices) : order.indices.reversed() {
        let wanted = order[row].map { slot in
          let neighbours = down ? slots[slot].above : slots[slot].below
          let boxes = neighbours.filter { slots[$0].isBox }
          let heeded = slots[slot].isBox && !boxes.isEmpty ? boxes : neighbours
          return heeded.isEmpty
            ? slots[slot].x : heeded.reduce(0) { $0 + slots[$1].x } / Double(heeded.count)
        }
        var offsets = [0.0]
        for (left, right) in zip(order[row], order[row].dropFirst()) {
          offsets.append(
            offsets[offsets.count - 1] + (slots[left].width + slots[right].width) / 2 + gap)
        }
        let free = increasing(
          zip(wanted, offsets).map { $0 - $1 },
          weights: order[row].map { slots[$0].isBox ? 1000 : 1 }
        )
        for (index, slot) in order[row].enumerated() {
          slots[slot].x = free[index] + offsets[index]
        }
      }
    }
  }

  /// The numbers closest to `values` by weighted squares that do not decrease.
  private static func increasing(_ values: [Double], weights: [Double]) -> [Double] {
    var blocks: [(mean: Double, weight: Double, count: Int)] = []
    for (value, weight) in zip(values, weights) {
      var block = (mean: value, weight: weight, count: 1)
      while let last = blocks.last, last.mean > block.mean {
        blocks.removeLast()
        let sum = last.weight + block.weight
        block = (
          (last.mean * last.weight + block.mean * block.weight) / sum, sum, last.count + block.count
        )
      }
      blocks.append(block)
    }
    return blocks.flatMap { [Double](repeating: $0.mean, count: $0.count) }
  }
}

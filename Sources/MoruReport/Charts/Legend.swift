import MoruArchive

/// Names beside their colours, in as many lines as they need.
struct Legend {
  private var places: [(name: String, at: Point)] = []
  /// How high the lines are together.
  let height: Double

  init(_ names: [String], from start: Point, width: Double) {
    var (x, y) = (start.x, start.y)
    for name in names.map({ $0.truncated(toColumns: 24) }) {
      let length = 18 + name.width(size: 12) + 18
      if x > start.x, x + length > start.x + width { (x, y) = (start.x, y + 18) }
      places.append((name, Point(x: x, y: y)))
      x += length
    }
    height = names.isEmpty ? 0 : y - start.y + 18
  }

  func draw(into drawing: inout Drawing) {
    for (index, entry) in places.enumerated() {
      let color = Theme.color(index)
      drawing.circle(
        Point(x: entry.at.x + 5, y: entry.at.y - 4), radius: 4, fill: color, stroke: color)
      drawing.text(entry.name, at: Point(x: entry.at.x + 15, y: entry.at.y), fill: Theme.faintInk)
    }
  }
}

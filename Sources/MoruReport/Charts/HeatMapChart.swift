import Foundation
import MoruArchive

/// A matrix of numbers from −1 to 1 as shades: blue above 0, orange below.
public struct HeatMapChart: Chart, Equatable {
  /// The heading.
  public var title: String
  /// The names of rows and columns.
  public var labels: [String]
  /// `[labels, labels]`; nil is left white.
  public var values: [[Double?]]

  /// A heat map, of correlations for example.
  public init(title: String, labels: [String], values: [[Double?]]) {
    self.title = title
    self.labels = labels
    self.values = values
  }

  /// The heat map as an SVG document; its size follows from the number of labels.
  public func svg() -> String {
    let names = labels.map { $0.truncated(toColumns: 20) }
    let cell = min(max(560 / Double(max(labels.count, 1)), 14), 48)
    let widest = names.reduce(0) { max($0, $1.width(size: 12)) }
    let grid = Frame(
      x: 24 + widest + 10, y: 56 + widest + 10, width: cell * Double(names.count),
      height: cell * Double(names.count))
    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 36), size: 16, bold: true)
    drawing.rectangle(grid, fill: Theme.background)
    for (row, name) in names.enumerated() {
      let middle = (Double(row) + 0.5) * cell
      drawing.text(name, at: Point(x: grid.x - 8, y: grid.y + middle + 4), anchor: .end)
      drawing.text(
        name, at: Point(x: grid.x + middle + 4, y: grid.y - 8), rotation: -90)
      for (column, value) in values[row].enumerated().prefix(names.count) {
        guard let value, value.isFinite else { continue }
        draw(value, row, column, into: &drawing, grid, cell)
      }
    }
    return drawing.document(
      width: max(grid.maxX + 24, 360), height: grid.maxY + 24, title: title)
  }

  private func draw(
    _ value: Double, _ row: Int, _ column: Int, into drawing: inout Drawing, _ grid: Frame,
    _ cell: Double
  ) {
    let shade = (value < 0 ? Color.wrong : .right).tint(min(1, abs(value)))
    let frame = Frame(
      x: grid.x + Double(column) * cell + 0.5, y: grid.y + Double(row) * cell + 0.5,
      width: cell - 1, height: cell - 1)
    drawing.rectangle(
      frame, fill: shade.hex,
      tooltip: "\(labels[row]), \(labels[column]): \(String(format: "%.3f", value))")
    guard cell >= 30 else { return }
    drawing.text(
      String(format: "%.2f", value).replacing("-", with: "−"),
      at: Point(x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 + 4), size: 11,
      fill: shade.ink, anchor: .middle)
  }
}

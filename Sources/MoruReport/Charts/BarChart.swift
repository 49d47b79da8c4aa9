import Foundation
import MoruArchive

/// Counts as horizontal bars, such as the number of samples of each class.
public struct BarChart: Sendable, Equatable {
  /// One bar.
  public struct Bar: Sendable, Equatable {
    /// What is counted.
    public var label: String
    /// How many there are; below 0 is drawn as 0.
    public var count: Int

    /// A bar from its label and count.
    public init(label: String, count: Int) {
      self.label = label
      self.count = count
    }
  }

  /// The heading.
  public var title: String
  /// What is counted, such as "samples".
  public var countTitle: String
  /// The bars, from top to bottom.
  public var bars: [Bar]
  /// What the shares are of; nil takes the sum of the counts.
  public var total: Int?

  /// A chart of counts.
  public init(
    title: String, countTitle: String = "samples", bars: [Bar], total: Int? = nil
  ) {
    self.title = title
    self.countTitle = countTitle
    self.bars = bars
    self.total = total
  }

  /// The chart as an SVG document, 640 pixels wide; its height follows from the number of bars.
  public func svg() -> String {
    let pitch = 28.0
    let labels = bars.map { $0.label.truncated(toColumns: 28) }
    let labelWidth = labels.reduce(0) { max($0, $1.width(size: 12)) }
    let plot = Frame(
      x: 24 + labelWidth + 12, y: 56, width: 640 - 24 - labelWidth - 12 - 120,
      height: pitch * Double(max(1, bars.count)))
    let height = plot.maxY + 56
    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 36), size: 18, bold: true)
    guard !bars.isEmpty else {
      let middle = Point(x: 320, y: plot.y + plot.height / 2)
      drawing.text("no data", at: middle, fill: Theme.faintInk, anchor: .middle)
      return drawing.document(width: 640, height: height, title: title)
    }

    let counts = bars.map { Double(max(0, $0.count)) }
    let total = self.total.map { Double($0) } ?? counts.reduce(0, +)
    let scale = AxisScale(covering: [0, max(1, counts.max() ?? 1)])
    func x(_ value: Double) -> Double { plot.x + scale.position(value) * plot.width }
    for tick in scale.ticks where tick == tick.rounded() {
      drawing.line(
        from: Point(x: x(tick), y: plot.y), to: Point(x: x(tick), y: plot.maxY + 2),
        stroke: Theme.grid)
      drawing.text(
        tick.grouped, at: Point(x: x(tick), y: plot.maxY + 18), size: 11.5,
        fill: Theme.faintInk, anchor: .middle)
    }
    drawing.text(
      countTitle, at: Point(x: plot.x + plot.width / 2, y: plot.maxY + 38), fill: Theme.faintInk,
      anchor: .middle)
    for (index, count) in counts.enumerated() {
      let top = plot.y + Double(index) * pitch
      let bar = Frame(x: plot.x, y: top + 4, width: x(count) - plot.x, height: pitch - 8)
      drawing.rectangle(bar, fill: Theme.series[0], radius: min(3, bar.width / 2))
      drawing.text(labels[index], at: Point(x: plot.x - 10, y: top + 18), anchor: .end)
      let share = total > 0 ? String(format: " (%.1f %%)", 100 * count / total) : ""
      drawing.text(
        count.grouped + share, at: Point(x: bar.maxX + 8, y: top + 18), fill: Theme.faintInk)
    }
    return drawing.document(width: 640, height: height, title: title)
  }
}

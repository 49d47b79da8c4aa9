import Foundation
import MoruArchive

/// How numbers spread: upright bars over the bins that they were counted in, stacked by class where
/// there are classes.
public struct HistogramChart: Chart, Equatable {
  /// The heading.
  public var title: String
  /// What the lower axis shows.
  public var valueTitle: String
  /// The edges of the bins, ascending, one more than there are bins.
  public var edges: [Double]
  /// Counts of each layer, by bin; below 0 is drawn as 0.
  public var layers: [Layer]

  /// The counts of one class, or of all.
  public struct Layer: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// Counts by bin.
    public var counts: [Int]

    /// The counts of one class.
    public init(name: String, counts: [Int]) {
      self.name = name
      self.counts = counts
    }
  }

  /// A histogram.
  public init(title: String, valueTitle: String = "", edges: [Double], layers: [Layer]) {
    self.title = title
    self.valueTitle = valueTitle
    self.edges = edges
    self.layers = layers
  }

  /// The chart as an SVG document of 420 × 280 pixels, higher by its legend.
  public func svg() -> String {
    let entries = layers.count > 1 ? layers.map(\.name) : []
    let legend = Legend(entries, from: Point(x: 24, y: 54), width: 396)
    let plot = Frame(
      x: 58, y: 54 + (entries.isEmpty ? 0 : legend.height), width: 420 - 82, height: 166)
    let height = plot.maxY + (valueTitle.isEmpty ? 36 : 54)
    var drawing = Drawing()
    drawing.text(title.truncated(toColumns: 44), at: Point(x: 24, y: 32), size: 14, bold: true)
    legend.draw(into: &drawing)
    let binCount = min(edges.count - 1, layers.map(\.counts.count).min() ?? 0)
    guard binCount > 0, edges.allSatisfy(AxisScale.canShow) else {
      let middle = Point(x: 210, y: plot.y + plot.height / 2)
      drawing.text("no data", at: middle, fill: Theme.faintInk, anchor: .middle)
      return drawing.document(width: 420, height: height, title: title)
    }
    let totals = (0..<binCount).map { bin in
      layers.reduce(0.0) { $0 + Double(max(0, $1.counts[bin])) }
    }
    let scale = AxisScale(covering: [0, max(1, totals.max() ?? 1)], tickCount: 4)
    drawAxes(into: &drawing, plot, scale)
    drawBars(into: &drawing, plot, scale, binCount)
    return drawing.document(width: 420, height: height, title: title)
  }

  private var span: (low: Double, length: Double) {
    let low = edges.first ?? 0
    return (low, max((edges.last ?? 1) - low, .leastNormalMagnitude))
  }

  private func drawAxes(into drawing: inout Drawing, _ plot: Frame, _ scale: AxisScale) {
    for tick in scale.ticks where tick == tick.rounded() {
      let y = plot.maxY - scale.position(tick) * plot.height
      drawing.line(
        from: Point(x: plot.x, y: y), to: Point(x: plot.maxX, y: y), stroke: Theme.grid)
      drawing.text(
        tick.grouped, at: Point(x: plot.x - 8, y: y + 4), size: 11, fill: Theme.faintInk,
        anchor: .end)
    }
    drawing.line(
      from: Point(x: plot.x, y: plot.maxY), to: Point(x: plot.maxX, y: plot.maxY),
      stroke: Theme.axis)
    let values = AxisScale(
      covering: [span.low, span.low + span.length], tickCount: 4, mayStartAtZero: false)
    for tick in values.ticks {
      let share = (tick - span.low) / span.length
      guard share >= -1e-9, share <= 1 + 1e-9 else { continue }
      drawing.text(
        values.label(tick), at: Point(x: plot.x + share * plot.width, y: plot.maxY + 17), size: 11,
        fill: Theme.faintInk, anchor: .middle)
    }
    drawing.text(
      valueTitle, at: Point(x: plot.x + plot.width / 2, y: plot.maxY + 37), size: 11.5,
      fill: Theme.faintInk, anchor: .middle)
  }

  private func drawBars(
    into drawing: inout Drawing, _ plot: Frame, _ scale: AxisScale, _ binCount: Int
  ) {
    for bin in 0..<binCount {
      let left = plot.x + (edges[bin] - span.low) / span.length * plot.width
      let right = plot.x + (edges[bin + 1] - span.low) / span.length * plot.width
      var base = 0.0
      for (place, layer) in layers.enumerated() where layer.counts[bin] > 0 {
        let top = base + Double(layer.counts[bin])
        let y = plot.maxY - scale.position(top) * plot.height
        let name = layers.count > 1 ? "\(layer.name), " : ""
        drawing.rectangle(
          Frame(
            x: left + 0.5, y: y, width: max(right - left - 1, 0.5),
            height: (scale.position(top) - scale.position(base)) * plot.height),
          fill: Theme.color(place),
          tooltip: "\(name)\(edges[bin].significant) to \(edges[bin + 1].significant): "
            + "\(layer.counts[bin])")
        base = top
      }
    }
  }
}

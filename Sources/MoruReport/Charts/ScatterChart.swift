import Foundation
import MoruArchive
import MoruMetrics

/// Points, or lines through points, over two axes.
public struct ScatterChart: Sendable, Equatable {
  /// Points of one kind.
  public struct Series: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// The points; one with a number that is not finite is left out.
    public var points: [(x: Double, y: Double)]
    /// Whether a line joins them in place of dots.
    public var isLine: Bool

    /// Points of one kind.
    public init(name: String, points: [(x: Double, y: Double)], isLine: Bool = false) {
      self.name = name
      self.points = points
      self.isLine = isLine
    }

    public static func == (one: Series, other: Series) -> Bool {
      one.name == other.name && one.isLine == other.isLine
        && one.points.elementsEqual(other.points, by: ==)
    }
  }

  /// The heading.
  public var title: String
  /// What the lower axis shows.
  public var xTitle: String
  /// What the left axis shows.
  public var yTitle: String
  /// The kinds of points, in the legend's order.
  public var series: [Series]
  /// Whether the lower axis counts powers of ten; points at 0 and below are left out then.
  public var isLogarithmic: Bool
  /// A place on the lower axis that a vertical line marks; nil for none.
  public var marked: Double?

  /// A chart of points.
  public init(
    title: String, xTitle: String, yTitle: String, series: [Series], isLogarithmic: Bool = false,
    marked: Double? = nil
  ) {
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.series = series
    self.isLogarithmic = isLogarithmic
    self.marked = marked
  }

  /// The chart as an SVG document of 640 × 480 pixels.
  public func svg() -> String {
    let card = Frame(x: 0, y: 0, width: 640, height: 480)
    let plot = Frame(x: 70, y: 96, width: 640 - 94, height: 480 - 150)
    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 32), size: 16, bold: true)
    Legend(series.map(\.name), from: Point(x: 24, y: 58), width: 608).draw(into: &drawing)
    let shown = series.flatMap { $0.points.compactMap(placed) }
    if shown.isEmpty {
      drawing.text(
        "no data", at: Point(x: 320, y: 240), fill: Theme.faintInk, anchor: .middle)
    } else {
      let scales = (
        x: AxisScale(covering: shown.map(\.x), tickCount: 8, mayStartAtZero: false),
        y: AxisScale(covering: shown.map(\.y), mayStartAtZero: false)
      )
      drawAxes(into: &drawing, plot, scales.x, scales.y)
      drawPoints(into: &drawing, plot, scales.x, scales.y)
    }
    return drawing.document(width: card.width, height: card.height, title: title)
  }

  /// A point as the axes count it; nil if they cannot.
  private func placed(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
    let x = isLogarithmic ? log10(point.x) : point.x
    return AxisScale.canShow(x) && AxisScale.canShow(point.y) ? (x, point.y) : nil
  }

  private func drawAxes(
    into drawing: inout Drawing, _ plot: Frame, _ xScale: AxisScale, _ yScale: AxisScale
  ) {
    for tick in yScale.ticks {
      let y = plot.maxY - yScale.position(tick) * plot.height
      drawing.line(
        from: Point(x: plot.x, y: y), to: Point(x: plot.maxX, y: y), stroke: Theme.grid)
      drawing.text(
        yScale.label(tick), at: Point(x: plot.x - 9, y: y + 4), size: 11.5, fill: Theme.faintInk,
        anchor: .end)
    }
    drawing.line(
      from: Point(x: plot.x, y: plot.maxY), to: Point(x: plot.maxX, y: plot.maxY),
      stroke: Theme.axis)
    for tick in xScale.ticks {
      let x = plot.x + xScale.position(tick) * plot.width
      drawing.line(
        from: Point(x: x, y: plot.maxY), to: Point(x: x, y: plot.maxY + 4), stroke: Theme.axis)
      drawing.text(
        isLogarithmic ? pow(10, tick).significant : xScale.label(tick),
        at: Point(x: x, y: plot.maxY + 18), size: 11.5, fill: Theme.faintInk, anchor: .middle)
    }
    drawing.text(
      xTitle, at: Point(x: plot.x + plot.width / 2, y: plot.maxY + 40), fill: Theme.faintInk,
      anchor: .middle)
    drawing.text(
      yTitle, at: Point(x: 18, y: plot.y + plot.height / 2), fill: Theme.faintInk,
      anchor: .middle, rotation: -90)
  }

  private func drawPoints(
    into drawing: inout Drawing, _ plot: Frame, _ xScale: AxisScale, _ yScale: AxisScale
  ) {
    func spot(_ point: (x: Double, y: Double)) -> Point {
      Point(
        x: plot.x + xScale.position(point.x) * plot.width,
        y: plot.maxY - yScale.position(point.y) * plot.height)
    }
    if let marked, let place = placed((marked, 0)) {
      let x = spot(place).x
      drawing.line(
        from: Point(x: x, y: plot.y), to: Point(x: x, y: plot.maxY), stroke: Theme.faintInk,
        dash: "3 3")
      drawing.text(
        marked.significant, at: Point(x: x, y: plot.y - 6), size: 11.5, anchor: .middle)
    }
    for (index, kind) in series.enumerated() {
      let spots = kind.points.compactMap(placed).map(spot)
      if kind.isLine {
        drawing.polyline(spots, stroke: Theme.color(index), width: 2, dash: nil)
      } else {
        for spot in spots {
          drawing.circle(spot, radius: 3, fill: Theme.color(index), stroke: Theme.card)
        }
      }
    }
  }
}

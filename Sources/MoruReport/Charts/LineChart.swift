import MoruArchive

/// Lines over whole numbers, such as a loss by epoch, or over labels in order.
public struct LineChart: Sendable, Equatable {
  /// One line.
  public struct Series: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// Its values at 1, 2, 3…; a value that is not finite leaves a gap.
    public var values: [Double]

    /// A line from its name and values.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// An area between two lines, such as the intervals of forecasts.
  public struct Band: Sendable, Equatable {
    /// What the legend calls it.
    public var name: String
    /// Its lower edge at 1, 2, 3…; a value that is not finite leaves a gap.
    public var lower: [Double]
    /// Its upper edge.
    public var upper: [Double]

    /// A band from its name and edges.
    public init(name: String, lower: [Double], upper: [Double]) {
      self.name = name
      self.lower = lower
      self.upper = upper
    }
  }

  /// The heading.
  public var title: String
  /// What the whole numbers along the lower edge count.
  public var xTitle: String
  /// What the places along the lower edge are called; the whole numbers from 1 on if empty.
  public var labels: [String]
  /// The lines, in the legend's order.
  public var series: [Series]
  /// Areas behind the lines, each in the colour of the line at its place.
  public var bands: [Band]
  /// The whole number, from 1, that a vertical line marks; nil for none.
  public var marked: Int?
  /// What is written beside the mark.
  public var markTitle: String

  /// A chart of lines.
  ///
  /// - Parameters:
  ///   - labels: What the places along the lower edge are called, written where there is room; the
  ///     whole numbers from 1 on if empty.
  ///   - bands: Areas behind the lines, each in the colour of the line at its place.
  ///   - marked: The whole number to mark, from 1, such as the best epoch; one outside the lines is
  ///     not drawn.
  public init(
    title: String, xTitle: String = "Epoch", labels: [String] = [], series: [Series],
    bands: [Band] = [], marked: Int? = nil, markTitle: String = "best"
  ) {
    self.title = title
    self.xTitle = xTitle
    self.labels = labels
    self.series = series
    self.bands = bands
    self.marked = marked
    self.markTitle = markTitle
  }

  /// The chart as an SVG document of 640 × 400 pixels.
  public func svg() -> String {
    let card = Frame(x: 0, y: 0, width: 640, height: 400)
    var drawing = Drawing()
    draw(into: &drawing, in: card)
    return drawing.document(width: card.width, height: card.height, title: title)
  }

  func draw(into drawing: inout Drawing, in frame: Frame) {
    drawing.text(title, at: Point(x: frame.x + 24, y: frame.y + 32), size: 16, bold: true)
    let bottom = drawLegend(
      into: &drawing, at: Point(x: frame.x + 24, y: frame.y + 56), maxX: frame.maxX - 8)
    let plot = Frame(
      x: frame.x + 62, y: bottom + 32, width: frame.width - 86, height: frame.maxY - bottom - 84)

    let length = max(labels.count, series.map(\.values.count).max() ?? 0)
    let edges = bands.flatMap { $0.lower + $0.upper }
    let shown = (series.flatMap(\.values) + edges).filter(AxisScale.canShow)
    guard length > 0, !shown.isEmpty else {
      let middle = Point(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2)
      drawing.text("no data", at: middle, fill: Theme.faintInk, anchor: .middle)
      return
    }
    let xScale = AxisScale(whole: 1, through: length, tickCount: frame.width > 500 ? 12 : 8)
    let yScale = AxisScale(covering: shown)
    func point(_ x: Double, _ y: Double) -> Point {
      Point(
        x: plot.x + xScale.position(x) * plot.width,
        y: plot.maxY - yScale.position(y) * plot.height)
    }

    drawAxes(into: &drawing, plot: plot, xScale: xScale, yScale: yScale, point: point)
    if let marked, (1...length).contains(marked) {
      drawMark(at: marked, into: &drawing, plot: plot, point: point)
    }
    for (index, band) in bands.enumerated() {
      draw(band, style: index, into: &drawing, point: point)
    }
    for (index, line) in series.enumerated() {
      draw(line, style: index, into: &drawing, point: point)
    }
  }

  /// Draws the legend in as many rows as it needs and returns where the last one stands.
  private func drawLegend(into drawing: inout Drawing, at origin: Point, maxX: Double) -> Double {
    var place = origin
    for (index, line) in series.enumerated() {
      let name = line.name.truncated(toColumns: 24)
      let width = 31 + name.width(size: 12)
      if place.x + width > maxX { place = Point(x: origin.x, y: place.y + 18) }
      let sample = [Point(x: place.x, y: place.y - 4), Point(x: place.x + 24, y: place.y - 4)]
      drawing.polyline(sample, stroke: color(index), width: 2.25, dash: dash(index))
      drawing.text(name, at: Point(x: place.x + 31, y: place.y), fill: Theme.faintInk)
      place.x += width + 22
    }
    for (index, band) in bands.enumerated() {
      let name = band.name.truncated(toColumns: 24)
      let width = 31 + name.width(size: 12)
      if place.x + width > maxX { place = Point(x: origin.x, y: place.y + 18) }
      let sample = Frame(x: place.x, y: place.y - 9, width: 24, height: 10)
      drawing.rectangle(sample, fill: color(index), opacity: Self.bandOpacity)
      drawing.text(name, at: Point(x: place.x + 31, y: place.y), fill: Theme.faintInk)
      place.x += width + 22
    }
    return place.y
  }

  private func drawAxes(
    into drawing: inout Drawing, plot: Frame, xScale: AxisScale, yScale: AxisScale,
    point: (Double, Double) -> Point
  ) {
    for tick in yScale.ticks {
      let y = point(1, tick).y
      drawing.line(
        from: Point(x: plot.x, y: y), to: Point(x: plot.maxX, y: y), stroke: Theme.grid)
      drawing.text(
        yScale.label(tick), at: Point(x: plot.x - 9, y: y + 4), size: 11.5, fill: Theme.faintInk,
        anchor: .end)
    }
    drawing.line(
      from: Point(x: plot.x, y: plot.maxY), to: Point(x: plot.maxX, y: plot.maxY),
      stroke: Theme.axis)
    let ticks =
      labels.isEmpty
      ? xScale.ticks.map { ($0, xScale.label($0)) }
      : labels.enumerated().filter {
        labels.count <= Self.mostLabels || isTick($0.offset + 1, xScale)
      }
      .map { (Double($0 + 1), $1) }
    for (tick, label) in ticks {
      let x = point(tick, 0).x
      drawing.line(
        from: Point(x: x, y: plot.maxY), to: Point(x: x, y: plot.maxY + 4), stroke: Theme.axis)
      // Near the edge of the card the text stays inside it.
      let middle = min(x, plot.maxX + 16 - label.width(size: 11.5) / 2)
      drawing.text(
        label, at: Point(x: middle, y: plot.maxY + 18), size: 11.5, fill: Theme.faintInk,
        anchor: .middle)
    }
    drawing.text(
      xTitle, at: Point(x: plot.x + plot.width / 2, y: plot.maxY + 38), fill: Theme.faintInk,
      anchor: .middle)
  }

  /// Labels that find room side by side.
  private static let mostLabels = 8

  /// Whether a place is one of about six that labels of many places are written at.
  private func isTick(_ place: Int, _ scale: AxisScale) -> Bool {
    let step = max(1, Int((scale.upper - scale.lower) / 6))
    return (place - 1) % step == 0
  }

  private func drawMark(
    at marked: Int, into drawing: inout Drawing, plot: Frame, point: (Double, Double) -> Point
  ) {
    let x = point(Double(marked), 0).x
    drawing.line(
      from: Point(x: x, y: plot.y - 6), to: Point(x: x, y: plot.maxY), stroke: Theme.faintInk,
      dash: "3 3")
    // Above the plot, where no line passes; near an edge the text stays inside it.
    let text = "\(markTitle): \(marked)"
    let half = text.width(size: 11.5) / 2
    let middle = min(max(x, plot.x + half), plot.maxX - half)
    drawing.text(text, at: Point(x: middle, y: plot.y - 10), size: 11.5, anchor: .middle)
  }

  private static let bandOpacity = 0.18

  private func draw(
    _ band: Band, style: Int, into drawing: inout Drawing, point: (Double, Double) -> Point
  ) {
    var run: [(lower: Point, upper: Point)] = []
    func flush() {
      if run.count > 1 {
        drawing.polygon(
          run.map(\.lower) + run.map(\.upper).reversed(), fill: color(style),
          opacity: Self.bandOpacity)
      } else if let only = run.first {
        drawing.line(from: only.lower, to: only.upper, stroke: color(style), width: 3)
      }
      run = []
    }
    for (index, edges) in zip(band.lower, band.upper).enumerated() {
      guard AxisScale.canShow(edges.0), AxisScale.canShow(edges.1) else {
        flush()
        continue
      }
      let x = Double(index + 1)
      run.append((point(x, edges.0), point(x, edges.1)))
    }
    flush()
  }

  private func draw(
    _ line: Series, style: Int, into drawing: inout Drawing, point: (Double, Double) -> Point
  ) {
    var run: [Point] = []
    func flush() {
      if run.count > 1 {
        drawing.polyline(run, stroke: color(style), width: 2.25, dash: dash(style))
      }
      run = []
    }
    let hasDots = line.values.count <= 30
    var dots: [(Point, String)] = []
    for (index, value) in line.values.enumerated() {
      guard AxisScale.canShow(value) else {
        flush()
        continue
      }
      let place = point(Double(index + 1), value)
      // A value between two gaps has no line, so it is always a dot.
      let isAlone =
        run.isEmpty
        && (index + 1 == line.values.count || !AxisScale.canShow(line.values[index + 1]))
      run.append(place)
      if hasDots || isAlone || index + 1 == marked {
        let label = labels.indices.contains(index) ? labels[index] : "\(index + 1)"
        dots.append((place, "\(line.name), \(xTitle.lowercased()) \(label): \(value.significant)"))
      }
    }
    flush()
    for (place, tooltip) in dots {
      drawing.circle(
        place, radius: 2.6, fill: Theme.card, stroke: color(style), tooltip: tooltip)
    }
  }

  private func color(_ index: Int) -> String { Theme.series[index % Theme.series.count] }

  private func dash(_ index: Int) -> String? { Theme.dashes[index % Theme.dashes.count] }
}

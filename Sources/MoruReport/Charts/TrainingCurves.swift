/// Training and validation values of each metric by epoch, one panel a metric, side by side.
public struct TrainingCurves: Sendable, Equatable {
  /// The values of one metric.
  public struct Panel: Sendable, Equatable {
    /// The metric's name.
    public var metric: String
    /// Its value on the training set after epochs 1, 2, 3…
    public var training: [Double]
    /// Its value on the validation set after the same epochs; empty if there was none.
    public var validation: [Double]

    /// A panel from a metric's values by epoch.
    public init(metric: String, training: [Double], validation: [Double] = []) {
      self.metric = metric
      self.training = training
      self.validation = validation
    }
  }

  /// The heading.
  public var title: String
  /// The metrics, from left to right.
  public var panels: [Panel]
  /// The epoch, from 1, whose weights were kept; nil if none was chosen.
  public var bestEpoch: Int?

  /// Curves of a training run.
  public init(title: String, panels: [Panel], bestEpoch: Int? = nil) {
    self.title = title
    self.panels = panels
    self.bestEpoch = bestEpoch
  }

  /// The curves as an SVG document, 440 × 392 pixels a panel.
  public func svg() -> String {
    let heading = 40.0
    let panel = Frame(x: 0, y: heading, width: 440, height: 352)
    let width = panel.width * Double(max(1, panels.count))
    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 36), size: 18, bold: true)
    for (index, curves) in panels.enumerated() {
      var frame = panel
      frame.x = panel.width * Double(index)
      chart(curves).draw(into: &drawing, in: frame)
    }
    return drawing.document(width: width, height: heading + panel.height, title: title)
  }

  private func chart(_ panel: Panel) -> LineChart {
    var series = [LineChart.Series(name: "training", values: panel.training)]
    if !panel.validation.isEmpty {
      series.append(LineChart.Series(name: "validation", values: panel.validation))
    }
    return LineChart(title: panel.metric, series: series, marked: bestEpoch)
  }
}

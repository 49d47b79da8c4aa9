import Foundation
import MoruArchive
public import MoruMetrics

/// A confusion matrix as a heat map: counts in the cells, shades by the share of the true class.
///
/// Right answers are blue, wrong ones orange, so that mistakes stand out; each row's shades sum
/// to one. Counts are written where cells are large enough, up to about 25 classes.
public struct ConfusionMatrixChart: Sendable, Equatable {
  /// The heading.
  public var title: String
  /// The counts.
  public var matrix: ConfusionMatrix
  /// What the rows are.
  public var truthTitle: String
  /// What the columns are.
  public var predictedTitle: String
  /// What the legend says.
  public var legend: Legend

  /// The words of the legend.
  public struct Legend: Sendable, Equatable {
    /// Of the diagonal's shades.
    public var right: String
    /// Of the others'.
    public var wrong: String
    /// Of the strongest shade.
    public var scale: String

    /// The words of the legend.
    public init(
      right: String = "right", wrong: String = "wrong", scale: String = "100 % of the true class"
    ) {
      self.right = right
      self.wrong = wrong
      self.scale = scale
    }
  }

  /// A heat map of a confusion matrix.
  public init(
    title: String, matrix: ConfusionMatrix, truthTitle: String = "True",
    predictedTitle: String = "Predicted", legend: Legend = Legend()
  ) {
    self.title = title
    self.matrix = matrix
    self.truthTitle = truthTitle
    self.predictedTitle = predictedTitle
    self.legend = legend
  }

  /// The heat map as an SVG document; its size follows from the number of classes.
  public func svg() -> String {
    let layout = Layout(matrix)
    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 36), size: 18, bold: true)
    drawHeads(into: &drawing, layout)
    drawCells(into: &drawing, layout)
    drawLegend(into: &drawing, layout)
    return drawing.document(width: layout.width, height: layout.height, title: title)
  }

  /// Where things lie, in pixels.
  private struct Layout {
    let cell: Double
    let grid: Frame
    let width: Double
    let height: Double
    let labels: [String]
    /// Column labels too wide for their cells stand upright.
    let hasUprightHeads: Bool
    /// Every how many classes a label fits.
    let labelStride: Int

    init(_ matrix: ConfusionMatrix) {
      let count = Double(matrix.labels.count)
      labels = matrix.labels.map { $0.truncated(toColumns: 18) }
      cell = min(max(500 / count, 4), 64)
      labelStride = Int((14 / cell).rounded(.up))
      let widest = labels.reduce(0) { max($0, $1.width(size: 12)) }
      hasUprightHeads = widest > cell - 4
      let headHeight = hasUprightHeads ? widest : 12
      grid = Frame(
        x: (24 + 24 + widest + 12).rounded(), y: (56 + 22 + headHeight + 10).rounded(),
        width: cell * count, height: cell * count)
      width = max(grid.maxX + 28, 360)
      height = grid.maxY + 66
    }
  }

  private func drawHeads(into drawing: inout Drawing, _ layout: Layout) {
    let grid = layout.grid
    drawing.text(
      predictedTitle, at: Point(x: grid.x + grid.width / 2, y: 68), size: 13,
      fill: Theme.faintInk, anchor: .middle)
    drawing.text(
      truthTitle, at: Point(x: 34, y: grid.y + grid.height / 2), size: 13,
      fill: Theme.faintInk, anchor: .middle, rotation: -90)
    for (index, label) in layout.labels.enumerated() where index % layout.labelStride == 0 {
      let middle = (Double(index) + 0.5) * layout.cell
      drawing.text(
        label, at: Point(x: grid.x - 10, y: grid.y + middle + 4), anchor: .end)
      let head = Point(x: grid.x + middle + (layout.hasUprightHeads ? 4 : 0), y: grid.y - 10)
      drawing.text(
        label, at: head, anchor: layout.hasUprightHeads ? .start : .middle,
        rotation: layout.hasUprightHeads ? -90 : 0)
    }
  }

  private func drawCells(into drawing: inout Drawing, _ layout: Layout) {
    let grid = layout.grid
    drawing.rectangle(grid, fill: "#f4f6f9")
    let gap = layout.cell >= 20 ? 2.0 : layout.cell >= 10 ? 1 : 0
    let size = layout.cell - gap
    // The largest count decides the size of all digits.
    let widest = matrix.counts.joined().max().map { Double($0).grouped.width(size: 1) } ?? 1
    let digits = min(13, (size - 6) / widest)
    let shares = matrix.normalised(by: .truth)
    for (row, rowCounts) in matrix.counts.enumerated() {
      for (column, count) in rowCounts.enumerated() where count > 0 {
        let frame = Frame(
          x: grid.x + Double(column) * layout.cell + gap / 2,
          y: grid.y + Double(row) * layout.cell + gap / 2, width: size, height: size)
        let color = Self.shade(shares[row][column], isRight: row == column)
        drawing.rectangle(
          frame, fill: color.hex, radius: gap > 1 ? 3 : 0,
          tooltip: tooltip(row, column, share: shares[row][column]))
        guard digits >= 7 else { continue }
        drawing.text(
          Double(count).grouped,
          at: Point(x: frame.x + size / 2, y: frame.y + size / 2 + digits * 0.36),
          size: digits, fill: color.ink, anchor: .middle, bold: row == column)
      }
    }
  }

  private func drawLegend(into drawing: inout Drawing, _ layout: Layout) {
    let steps = 24
    let top = layout.grid.maxY + 20
    let start = layout.grid.x
    let width = 5.0  // whole pixels, so that no seams show
    let length = width * Double(steps)
    for (index, isRight) in [true, false].enumerated() {
      let y = top + Double(index) * 14
      for step in 0..<steps {
        drawing.rectangle(
          Frame(x: start + Double(step) * width, y: y, width: width, height: 9),
          fill: Self.shade(Double(step + 1) / Double(steps), isRight: isRight).hex)
      }
      drawing.text(
        isRight ? legend.right : legend.wrong, at: Point(x: start - 10, y: y + 8.5), size: 11,
        fill: Theme.faintInk, anchor: .end)
    }
    drawing.text(
      "0", at: Point(x: start, y: top + 37), size: 11, fill: Theme.faintInk)
    drawing.text(
      legend.scale, at: Point(x: start + length - 30, y: top + 37), size: 11,
      fill: Theme.faintInk)
  }

  /// Any count above 0 has a light tint at least, so that a single mistake can be seen; wrong
  /// shares rise steeply from 0, since a few per cent already matter.
  private static func shade(_ share: Double, isRight: Bool) -> Color {
    isRight
      ? Color.right.tint(0.1 + 0.9 * share) : Color.wrong.tint(0.07 + 0.93 * pow(share, 0.65))
  }

  private func tooltip(_ row: Int, _ column: Int, share: Double) -> String {
    "\(truthTitle) \(matrix.labels[row]), \(predictedTitle.lowercased()) \(matrix.labels[column]): "
      + "\(matrix.counts[row][column]) " + String(format: "(%.1f %%)", 100 * share)
  }
}

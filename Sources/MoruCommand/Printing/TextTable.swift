internal import MoruMetrics

/// Rows of cells in columns of equal width: the first ones to the left, numbers to the right.
struct TextTable {
  private var rows: [[String]]
  private let leftColumns: Int

  /// A table with a head; the first `leftColumns` columns are texts.
  init(_ heads: [String], leftColumns: Int = 1) {
    rows = [heads]
    self.leftColumns = leftColumns
  }

  mutating func append(_ cells: [String]) { rows.append(cells) }

  /// The lines, without a line end after the last.
  var text: String {
    let widths = rows.first.map { head in
      head.indices.map { column in rows.map { $0[column].terminalColumns }.max() ?? 0 }
    }
    return rows.map { row in
      let cells = zip(row, widths ?? []).enumerated().map { place, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.terminalColumns)
        return place < leftColumns ? cell.0 + padding : padding + cell.0
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

/// Rows of cells as aligned plain text: texts to the left, numbers to the right.
package struct TextTable {
  private var rows: [[String]]
  private let leftColumns: Int

  /// A table with heads; the first `leftColumns` columns are texts.
  package init(_ heads: [String], leftColumns: Int = 1) {
    rows = [heads.map(\.printable)]
    self.leftColumns = leftColumns
  }

  package mutating func append(_ cells: [String]) { rows.append(cells.map(\.printable)) }

  /// The width of the widest line, in terminal columns.
  package var width: Int { columnWidths.reduce(0, +) + Self.gap.count * (columnWidths.count - 1) }

  /// The heads, a rule, the rows; no line end after the last.
  package var text: String {
    let widths = columnWidths
    var lines = rows.map { row in
      let line = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.terminalColumns)
        return column < leftColumns ? cell + padding : padding + cell
      }.joined(separator: Self.gap)
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    lines.insert(String(repeating: "─", count: width), at: 1)
    return lines.joined(separator: "\n")
  }

  private static let gap = "  "

  private var columnWidths: [Int] {
    rows[0].indices.map { column in
      rows.reduce(0) { max($0, $1[column].terminalColumns) }
    }
  }
}

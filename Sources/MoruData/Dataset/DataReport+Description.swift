internal import Foundation

extension DataReport: CustomStringConvertible {
  /// The report as aligned plain text.
  public var description: String {
    var lines = ["\(source): \(counted(count, "sample"))"]
    if let reading, reading.skippedCount > 0 || reading.encoding == .cp949 {
      lines = reading.description.split(separator: "\n").map(String.init)
    }
    lines.append("  duplicates       \(numberText(duplicates))")
    if let labelConflicts {
      lines.append("  label conflicts  \(numberText(labelConflicts))")
    }
    lines.append("  missing values   \(columns.reduce(0) { $0 + $1.missing })")
    if !constantColumns.isEmpty {
      lines.append("  constant         \(constantColumns.joined(separator: ", "))")
    }
    if let drawnRows {
      lines.append("  looked at closely: \(drawnRows) rows, drawn from all")
    }
    if !imageSizes.isEmpty { lines += [""] + imageSizeTable }
    if !classes.isEmpty { lines += [""] + classTable }
    lines += [""] + columnTable
    return lines.joined(separator: "\n")
  }

  /// A number of duplicates or conflicts. That a part of the samples shows none does not say that there are
  /// none.
  private func numberText(_ number: Int) -> String {
    guard areDuplicatesEstimated else { return "\(number)" }
    return number == 0 ? "none in the sample that was compared" : "about \(number)"
  }

  private var columnTable: [String] {
    let rows = columns.map { column in
      [
        column.name, column.type, "\(column.missing)",
        column.distinct.map { (column.isDistinctEstimated ? "≈ " : "") + "\($0)" } ?? "",
        Self.text(column.minimum), Self.text(column.mean), Self.text(column.maximum),
      ]
    }
    return Self.aligned(
      [["column", "type", "missing", "distinct", "min", "mean", "max"]] + rows, leftColumns: 2)
  }

  private var classTable: [String] {
    let total = max(classes.reduce(0) { $0 + $1.count }, 1)
    let rows = classes.map { entry in
      let share = 100 * Double(entry.count) / Double(total)
      return [entry.label, "\(entry.count)", String(format: "%.1f %%", share)]
    }
    return Self.aligned([["class", "samples", "share"]] + rows, leftColumns: 1)
  }

  private var imageSizeTable: [String] {
    let rows = imageSizes.map { size in
      ["\(size.width) × \(size.height)", size.channels == 1 ? "grey" : "colour", "\(size.count)"]
    }
    return Self.aligned([["size", "kind", "pictures"]] + rows, leftColumns: 2)
  }

  /// Rows of cells in columns of equal width: the first ones flush left, the others flush right.
  private static func aligned(_ rows: [[String]], leftColumns: Int) -> [String] {
    let width = rows.first?.count ?? 0
    let widths = (0..<width).map { place in rows.map { displayWidth($0[place]) }.max() ?? 0 }
    return rows.map { row in
      var line = " "
      for (place, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[place] - displayWidth(cell))
        line += " " + (place < leftColumns ? cell + padding : padding + cell) + " "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Columns that a text takes in a terminal: Korean, Chinese and Japanese letters take two.
  private static func displayWidth(_ text: String) -> Int {
    text.reduce(0) { width, character in
      let isWide = character.unicodeScalars.contains { scalar in
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
          0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
          true
        default: false
        }
      }
      return width + (isWide ? 2 : 1)
    }
  }

  private static func text(_ number: Double?) -> String {
    guard let number else { return "" }
    if number.rounded() == number, abs(number) < 1e9 { return String(format: "%.0f", number) }
    return String(format: "%.4g", number)
  }
}

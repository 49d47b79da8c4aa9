internal import Foundation

/// A table on its way to being clean.
struct CleaningDraft {
  let original: RawTable
  let target: String?
  /// How the table's bytes stand for text.
  private let codec: TextCodec
  /// The rows that are left, as places in the original, and their bytes as they are now.
  private(set) var keptRows: [Int]
  private(set) var cleaned: RawTable
  private(set) var cells: [CleaningJournal.Cell] = []
  private(set) var removedRows: [CleaningJournal.Row] = []
  private(set) var droppedColumns: [CleaningJournal.Column] = []
  /// The columns that are left, as places in the original.
  private var keptColumns: [Int]

  init(_ table: RawTable, target: String?, _ codec: TextCodec) throws(DataError) {
    original = table
    self.codec = codec
    self.target = target
    cleaned = table
    keptRows = Array(table.rows.indices)
    keptColumns = Array(table.header.fields.indices)
  }

  private func table() throws(DataError) -> Table {
    let table = try Table(
      csv: Data(cleaned.bytes), source: original.source,
      as: TableFormat(
        separator: Character(UnicodeScalar(original.separator)), encoding: codec.encoding))
    if let target { _ = try table.column(target) }
    return table
  }

  mutating func removeDamagedRows() {
    let width = original.header.fields.count
    remove(
      cleaned.rows.indices.compactMap { place in
        let row = cleaned.rows[place]
        let problem: RowProblem? =
          if let problem = row.problem {
            problem
          } else if row.fields.count != width {
            .fieldCount(found: row.fields.count, expected: width)
          } else if row.fields.contains(where: { $0.contains(0) }) {
            .nulByte
          } else if row.fields.contains(where: { codec.text(of: $0) == nil }) {
            .notText(codec.encoding)
          } else {
            nil
          }
        return problem.map { (place, $0.reason) }
      }, .damagedRows)
  }

  // MARK: Cells

  /// Rewrites texts: what a category becomes is decided once for the column.
  mutating func rewriteCells(_ steps: Set<CleaningStep>) throws(DataError) {
    let order: [CleaningStep] = [.trim, .missingWords, .numbers, .variants, .clipOutliers]
    for step in order where steps.contains(step) {
      let table = try table()
      for (place, column) in table.columns.enumerated() {
        switch column.values {
        case .text(let codes, let categories):
          let news = Self.rewritten(
            column, codes, categories, step, isTarget: column.name == target)
          for (row, code) in codes.enumerated() where code >= 0 {
            if let new = news[Int(code)] { rewrite(row, place, column.name, new, step) }
          }
        case .numbers(let numbers):
          guard step == .clipOutliers, column.name != target,
            let (scale, rows) = OutlierCheck.outliers(in: column)
          else { continue }
          for row in rows {
            let mark = RobustScale.outlierScore * scale.scale
            let limit = scale.median + (numbers[row] > scale.median ? mark : -mark)
            let bound =
              column.kind == .whole ? limit.rounded(.towardZero) : limit
            rewrite(row, place, column.name, Table.Column.text(of: bound), step)
          }
        }
      }
    }
  }

  /// The new text of each category; nil where it stays.
  private static func rewritten(
    _ column: Table.Column, _ codes: [Int32], _ categories: [String], _ step: CleaningStep,
    isTarget: Bool
  ) -> [String?] {
    func changed(_ change: (String) -> String) -> [String?] {
      categories.map { text in
        let new = change(text)
        return new == text ? nil : new
      }
    }
    switch step {
    case .trim: return changed(TextForms.tidied)
    case .missingWords where !isTarget:
      return changed { TextForms.meansMissing($0) ? "" : $0 }
    case .numbers where MixedTypeCheck.isMeantAsNumbers(codes, categories):
      return changed { text in
        guard TextForms.plainNumber(text) == nil, let number = TextForms.number(text) else {
          return text
        }
        return Table.Column.text(of: number)
      }
    case .variants:
      var news = [String?](repeating: nil, count: categories.count)
      for group in CategoryCheck.variants(of: column) {
        for code in group.dropFirst() { news[code] = categories[group[0]] }
      }
      return news
    default: return categories.map { _ in nil }
    }
  }

  private mutating func rewrite(
    _ row: Int, _ place: Int, _ column: String, _ text: String, _ step: CleaningStep
  ) {
    // Texts are made of those that are there, and of digits.
    guard let bytes = codec.bytes(of: text) else { return }
    let new = cleaned.field(bytes)
    // The only cell of a row stays: without it there would be no row.
    guard !new.isEmpty || cleaned.header.fields.count > 1 else { return }
    let old = cleaned.rows[row].fields[place]
    cells.append(
      CleaningJournal.Cell(
        row: keptRows[row], line: cleaned.rows[row].line, column: column,
        place: keptColumns[place], old: codec.text(of: old) ?? "", new: codec.text(of: new) ?? "",
        step: step))
    cleaned.rows[row].fields[place] = new
  }

  // MARK: Columns

  mutating func dropConstantColumns() throws(DataError) {
    let columns = try table().columns
    guard cleaned.rows.count > 1 else { return }
    let places = columns.indices.filter { place in
      let summary = DataReport.Column(columns[place])
      return columns[place].name != target
        && (summary.isConstant && summary.missing == 0 || summary.missing == cleaned.rows.count)
    }
    // A table keeps one column at least, and a cell in every row: an empty line is none.
    let kept = columns.indices.filter { !places.contains($0) }
    let holdsRows = kept.count > 1 || kept.first.map { columns[$0].missingCount == 0 } ?? false
    for place in (holdsRows ? places : Array(places.dropFirst())).reversed() {
      var runs: [CleaningJournal.Column.Run] = []
      var last: [UInt8]?
      for row in cleaned.rows.indices {
        let cell = cleaned.rows[row].fields.remove(at: place)
        if cell == last {
          runs[runs.count - 1].count += 1
        } else {
          runs.append(.init(text: codec.text(of: cell) ?? "", count: 1))
        }
        last = cell
      }
      let head = cleaned.header.fields.remove(at: place)
      droppedColumns.append(
        CleaningJournal.Column(
          name: columns[place].name, place: keptColumns.remove(at: place),
          head: codec.text(of: head) ?? "", cells: runs, step: .constantColumns))
    }
  }

  // MARK: Rows

  mutating func removeRepeatedRows(_ steps: Set<CleaningStep>) throws(DataError) {
    if steps.contains(.conflicts), let target {
      let table = try table()
      let inputs = table.columns.filter { $0.name != target }
      let column = try table.column(target)
      let groups = Duplicates(count: table.rowCount, keys: inputs.map(\.keys), targets: nil).groups
      let conflicts = groups.filter { group in Set(group.map { column.text(at: $0) }).count > 1 }
      if !inputs.isEmpty {
        remove(
          conflicts.flatMap { group in
            group.map { row in
              let other = group[0] == row ? group[1] : group[0]
              return (row, "equal to line \(cleaned.rows[other].line) but for '\(target)'")
            }
          }, .conflicts)
      }
    }
    guard steps.contains(.duplicates), !cleaned.rows.isEmpty else { return }
    let table = try table()
    let groups = Duplicates(
      count: table.rowCount, keys: table.columns.map(\.keys), targets: nil
    ).groups
    remove(
      groups.flatMap { group in
        group.dropFirst().map { ($0, "equal to line \(cleaned.rows[group[0]].line)") }
      }, .duplicates)
  }

  /// The journal takes a row as it was in the original.
  private mutating func remove(_ rows: [(row: Int, reason: String)], _ step: CleaningStep) {
    guard !rows.isEmpty else { return }
    let gone = Set(rows.map(\.row))
    let places = Set(rows.map { keptRows[$0.row] })
    for (row, reason) in rows.sorted(by: { $0.row < $1.row }) {
      let place = keptRows[row]
      let bytes = original.rows[place].bytes(separator: original.separator)
      let text = codec.text(of: bytes)
      removedRows.append(
        CleaningJournal.Row(
          row: place, line: original.rows[place].line,
          text: text ?? String(decoding: bytes, as: UTF8.self),
          bytes: text.flatMap(codec.bytes) == bytes ? nil : Data(bytes), step: step,
          reason: reason))
    }
    // What was rewritten in them, and dropped from them, is in the row itself.
    cells.removeAll { places.contains($0.row) }
    for index in droppedColumns.indices {
      droppedColumns[index] = droppedColumns[index].without(gone)
    }
    cleaned.rows = cleaned.rows.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    keptRows = keptRows.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
  }
}

extension CleaningJournal.Column {
  /// The column without the cells of some rows.
  func without(_ rows: Set<Int>) -> CleaningJournal.Column {
    var runs: [Run] = []
    var row = 0
    for run in cells {
      let left = (row..<row + run.count).count { !rows.contains($0) }
      row += run.count
      if left > 0 { runs.append(Run(text: run.text, count: left)) }
    }
    return CleaningJournal.Column(name: name, place: place, head: head, cells: runs, step: step)
  }
}

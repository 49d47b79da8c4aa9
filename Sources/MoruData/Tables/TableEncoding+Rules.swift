import MoruTensors

extension TableEncoding {
  /// Refuses columns that are not there, and those that are to be encoded in two ways.
  static func check(
    _ kinds: [[String]], _ table: Table, target: String?
  ) throws(DataError) {
    var seen = Set<String>()
    for (place, names) in kinds.enumerated() {
      for name in names.sorted() {
        _ = try table.column(name)
        guard seen.insert(name).inserted else {
          throw .inconsistent(
            "column '\(name)' is named as categorical, lookup or text more than once")
        }
        guard place == 0 || name != target else {
          throw .inconsistent("column '\(name)' is feature and target")
        }
      }
    }
  }

  /// Refuses a column of numbers with a text among them that looks like a mistake.
  static func checkNumbers(_ column: Table.Column, of table: Table) throws(DataError) {
    guard column.looksNumeric, let row = column.firstTextRow else { return }
    throw .notANumber(place: table.place(ofRow: row), column: column.name)
  }

  static func rule(
    _ column: Table.Column, of table: Table, isCategory: Bool, missing: MissingPolicy, rows: [Int]
  ) throws(DataError) -> Rule {
    if case .numbers(let numbers) = column.values, !isCategory {
      let present = rows.lazy.map { numbers[$0] }.filter { !$0.isNaN }
      guard !present.isEmpty else {
        throw .nothingToFit(source: table.source, column: column.name)
      }
      return switch missing {
      case .error: .number(fill: nil)
      case .mean: .number(fill: Array(present).mean)
      case .mostFrequent: .number(fill: mostFrequent(present))
      }
    }
    if !isCategory { try checkNumbers(column, of: table) }
    let present = rows.compactMap { column.text(at: $0) }
    guard !present.isEmpty else { throw .nothingToFit(source: table.source, column: column.name) }
    return .category(
      categories: Set(present).sorted(by: bytesPrecede),
      fill: missing == .error ? nil : mostFrequent(present))
  }

  static func rule(
    _ column: Table.Column, of table: Table, lookup: StringLookup, missing: MissingPolicy,
    rows: [Int]
  ) throws(DataError) -> Rule {
    let present = rows.compactMap { column.text(at: $0) }
    guard !present.isEmpty else { throw .nothingToFit(source: table.source, column: column.name) }
    guard !lookup.invert else {
      throw .setting("StringLookup", "invert takes places; column '\(column.name)' holds strings.")
    }
    do throws(DataError) {
      return .lookup(
        lookup.vocabulary.isEmpty ? try lookup.adapted(to: present) : lookup,
        fill: missing == .error ? nil : mostFrequent(present))
    } catch { throw .text(place: table.source, column: column.name, error) }
  }

  static func rule(
    _ column: Table.Column, of table: Table, text: TextVectorization, missing: MissingPolicy,
    rows: [Int]
  ) throws(DataError) -> Rule {
    let present = rows.compactMap { column.text(at: $0) }
    guard !present.isEmpty else { throw .nothingToFit(source: table.source, column: column.name) }
    do throws(DataError) {
      let fitted = text.vocabulary.isEmpty ? try text.adapted(to: present) : text
      _ = try fitted.checkedWidth(column: column.name)
      return .text(fitted, fill: missing == .error ? nil : "")
    } catch { throw .text(place: table.source, column: column.name, error) }
  }
}

extension TextVectorization {
  /// How many numbers each text of a column becomes.
  func checkedWidth(column: String) throws(DataError) -> Int {
    guard !vocabulary.isEmpty else { throw .noVocabulary }
    guard let width else {
      throw .setting(
        "TextVectorization",
        "the texts of '\(column)' need one length. Set outputSequenceLength.")
    }
    return width
  }
}

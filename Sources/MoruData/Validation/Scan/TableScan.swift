internal import MoruArchive
internal import MoruTensors

/// What one reading of a table tells in bounded memory, however long the table is: counts of all rows,
/// and some rows that were drawn to be looked at closely.
public struct TableScan: Sendable {
  /// Up to how many rows, and values of all columns together, are told apart one by one rather than
  /// estimated from a part of them.
  static let distinctLimit = 1 << 19
  /// Up to how many different texts a target has that are taken for classes.
  private static let classLimit = 10_000

  /// The name of the file.
  public let source: String
  /// Number of rows.
  public let rowCount: Int
  /// Rows that were drawn, in the file's order; all if there are few.
  public let drawn: Table
  /// What each column holds, by all rows.
  let columns: [DataReport.Column]
  /// Samples of each class, by all rows; empty without classes.
  let classes: [DataReport.ClassCount]
  /// What the file's rows hold but for the target.
  let inputs: DistinctSample
  /// Lines of rows that repeat an earlier one in every cell, beside that one's.
  let repeats: [(first: Int, again: Int)]
  /// What was read.
  let reading: ReadingReport

  /// Reads a table once.
  ///
  /// - Parameters:
  ///   - target: The column to be predicted; nil if there is none.
  ///   - rowLimit: How many rows are drawn at most.
  ///   - cellLimit: How many cells these have at most, but for a thousand rows.
  /// - Throws: `DataError` with file and line; `.unknownColumn` for a target that is not there.
  public init(
    _ stream: TableStream, target: String? = nil, rowLimit: Int = 100_000,
    cellLimit: Int = 2_000_000
  ) throws(DataError) {
    if let target, !stream.names.contains(target) {
      throw .unknownColumn(
        source: stream.source, name: target, nearest: nearest(target, among: stream.names))
    }
    let width = max(stream.names.count, 1)
    let count = min(rowLimit, max(1000, cellLimit / width), stream.rowCount)
    var wanted = Self.draw(count, of: stream.rowCount)[...]
    let tallies = stream.names.map { _ in
      ColumnTally(limit: min(1 << 16, max(64, Self.distinctLimit / width)))
    }
    var classes = ClassTally(limit: Self.classLimit)
    var inputs = DistinctSample(limit: Self.distinctLimit)
    var rows = DistinctSample(limit: Self.distinctLimit)
    var repeats: [(first: Int, again: Int)] = []
    var parts: [Table] = []
    var start = 0
    var tables = stream.makeAsyncIterator()
    while let table = try tables.next() {
      let hashes = Parallel.map(table.columns.count) { place in
        let hashes = CellHash.hashes(table.columns[place])
        tallies[place].add(table.columns[place], hashes: hashes)
        return hashes
      }
      let targetPlace = table.columns.firstIndex { $0.name == target }
      if let targetPlace { classes.add(table.columns[targetPlace]) }
      let (inputHashes, targets) = Self.rows(
        hashes, names: table.names, target: targetPlace, count: table.rowCount)
      for row in 0..<table.rowCount {
        let line = table.lines?[row] ?? start + row
        inputs.add(inputHashes[row], target: targets[row], line: line)
        let first = rows.add(CellHash.joined(inputHashes[row], targets[row]), line: line)
        if let first, repeats.count < Finding.exampleLimit { repeats.append((first, line)) }
      }
      let end = wanted.firstIndex { $0 >= start + table.rowCount } ?? wanted.endIndex
      if end > wanted.startIndex {
        parts.append(try table.subset(wanted[..<end].map { $0 - start }))
        wanted = wanted[end...]
      }
      start += table.rowCount
    }
    source = stream.source
    rowCount = start
    drawn = Table(joining: parts, source: stream.source, kinds: stream.kinds)
    columns = tallies.enumerated().map { place, tally in
      tally.column(named: stream.names[place], kind: stream.kinds[place])
    }
    self.classes = classes.counts(
      kind: stream.names.firstIndex { $0 == target }.map { stream.kinds[$0] })
    self.inputs = inputs
    self.repeats = repeats
    duplicates = rows.total { $0.count - 1 }
    isExact = rows.isExact && inputs.isExact
    conflicts = target.map { _ in inputs.total { $0.otherTargets > 0 ? 1 : 0 } }
    reading = stream.reading
  }

  /// Rows equal to an earlier one in every cell.
  let duplicates: Int
  /// Different inputs with more than one target; nil without a target.
  let conflicts: Int?
  /// Whether repeated rows were counted, not estimated.
  let isExact: Bool

  /// Different rows of a table, ascending, by a seed of its own.
  private static func draw(_ count: Int, of total: Int) -> [Int] {
    guard count < total else { return Array(0..<total) }
    // Robert Floyd's: as many steps as rows that are drawn.
    var generator = Seed(0).child("scan").generator
    var chosen = Set<Int>(minimumCapacity: count)
    for last in total - count..<total {
      let place = Int.random(in: 0...last, using: &generator)
      if !chosen.insert(place).inserted { chosen.insert(last) }
    }
    return chosen.sorted()
  }

  /// A hash of each row's inputs, whatever the order of their columns, and one of its target.
  private static func rows(
    _ columns: [[UInt64]], names: [String], target: Int?, count: Int
  ) -> (inputs: [UInt64], targets: [UInt64]) {
    var inputs = [UInt64](repeating: 1, count: count)
    for (place, hashes) in columns.enumerated() where place != target {
      let name = CellHash.hash(names[place])
      for row in 0..<count { inputs[row] &+= CellHash.joined(name, hashes[row]) }
    }
    return (inputs, target.map { columns[$0] } ?? [UInt64](repeating: 0, count: count))
  }
}

/// How many samples each class of a target has, unless there are too many kinds for classes.
private struct ClassTally {
  let limit: Int
  private var numbers: [Double: Int] = [:]
  private var texts: [String: Int] = [:]

  init(limit: Int) { self.limit = limit }

  mutating func add(_ column: Table.Column) {
    switch column.values {
    case .numbers(let all):
      for number in all where !number.isNaN && numbers.count <= TableEncoding.classLimit {
        numbers[number, default: 0] += 1
      }
    case .text(let codes, let categories):
      guard texts.count <= limit else { return }
      var counts = [Int](repeating: 0, count: categories.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      for (text, count) in zip(categories, counts) where count > 0 {
        texts[text, default: 0] += count
      }
    }
  }

  /// The classes in the order that an encoding gives them; empty if there are none.
  func counts(kind: Table.Column.Kind?) -> [DataReport.ClassCount] {
    switch kind {
    case .text where texts.count <= limit:
      texts.sorted { TableEncoding.bytesPrecede($0.key, $1.key) }
        .map { DataReport.ClassCount(label: $0.key, count: $0.value) }
    case .whole where numbers.count <= TableEncoding.classLimit:
      numbers.sorted { $0.key < $1.key }.map {
        DataReport.ClassCount(label: Table.Column.text(of: $0.key), count: $0.value)
      }
    case .text, .whole, .real, nil: []
    }
  }
}

extension Table {
  /// Tables of the same columns, one below the other.
  ///
  /// - Parameter kinds: What the columns are.
  init(joining tables: [Table], source: String, kinds: [Column.Kind]) {
    let columns = (tables.first?.names ?? []).enumerated().map { place, name in
      let joined = Column(joining: name, of: tables)
      guard case .numbers(let numbers) = joined.values else { return joined }
      return Column(name: name, kind: kinds[place], numbers: numbers)
    }
    self.init(
      source: source, columns: columns, rowCount: tables.reduce(0) { $0 + $1.rowCount },
      lines: tables.flatMap { $0.lines ?? [] })
  }
}

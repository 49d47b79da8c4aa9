/// A CSV file that is read as often as its encoding and the kinds of its columns take to be known:
/// usually once.
struct CSVFile {
  private let input: TableInput
  private let format: TableFormat
  private let asText: Set<String>

  private let limits: TableLimits

  init(
    _ input: TableInput, _ format: TableFormat, asText: Set<String>,
    limits: TableLimits = TableLimits()
  ) {
    self.limits = limits
    self.input = input
    self.format = format
    self.asText = asText
  }

  /// A new pass over the file.
  func pass(knowing knowledge: CSVPass.Knowledge) throws(DataError) -> CSVPass {
    try CSVPass(input, format, asText: asText, limits: limits, knowing: knowledge)
  }

  /// Reads passes until one knew all from its beginning, and returns it with what `keep` made of its
  /// pieces.
  ///
  /// - Parameter keep: Takes pieces in the file's order; what it took of earlier passes is dropped.
  func read<R>(
    into empty: R, keep: (inout R, CSVPass.Piece) -> Void
  ) throws(DataError) -> (pass: CSVPass, result: R) {
    var knowledge = CSVPass.Knowledge()
    while true {
      let pass = try pass(knowing: knowledge)
      var result = empty
      while let pieces = try pass.next() {
        if pass.isStale { result = empty } else { for piece in pieces { keep(&result, piece) } }
      }
      if !pass.isStale {
        try pass.report.requireSome()
        guard pass.report.kept > 0 else { throw .noRows(file: input.name) }
        return (pass, result)
      }
      knowledge = pass.knowledge
    }
  }

  /// All rows.
  func table() throws(DataError) -> Table {
    let (pass, pieces) = try read(into: [CSVPass.Piece]()) { $0.append($1) }
    return Table(
      source: input.name, names: pass.knowledge.names,
      slices: pieces.map { TableSlice(piece: $0, rows: 0..<$0.rows.rowCount) },
      reading: pass.report)
  }
}

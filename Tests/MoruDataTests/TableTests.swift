import Foundation
import MoruData
import MoruTensors
import Testing

@Test func quotingLineEndsAndMarksAreReadAsPythonReadsThem() throws {
  let expected = try Expected.load().messy
  let table = try Table(at: fixture("messy.csv"))
  #expect(table.names == expected[0])
  #expect(table.columns.map(\.kind) == [.text, .real, .whole, .text])
  #expect(table.rowCount == expected.count - 1)
  for (row, cells) in expected.dropFirst().enumerated() {
    for (column, cell) in cells.enumerated() {
      let found = table.columns[column].text(at: row)
      switch table.columns[column].kind {
      case .text: #expect(found == (cell.isEmpty ? nil : cell))
      default: #expect(found.flatMap(Double.init) == Double(cell))
      }
    }
  }
  #expect(table.place(ofRow: 1) == "messy.csv:3")
  #expect(table.place(ofRow: 2) == "messy.csv:6")
}

@Test func numbersAreRoundedAsPythonRoundsThem() throws {
  let spellings = try Expected.load().numbers
  let rows = try table("x\n" + spellings.map { $0[0] }.joined(separator: "\n"))
  guard case .numbers(let numbers) = rows.columns[0].values else {
    Issue.record("not a number column")
    return
  }
  for (number, spelling) in zip(numbers, spellings) {
    #expect(number.bitPattern == UInt64(spelling[1], radix: 16), "\(spelling[0])")
  }
}

@Test func longNumbersAreRoundedAsTheStandardLibraryRoundsThem() throws {
  var generator = Seed(3).generator
  var spellings: [String] = []
  for place in 0..<20_000 {
    // All digits by chance; or half-way between two numbers, or next to it.
    let bits = generator.next()
    let tie = Double(bitPattern: 0x3FF0_0000_0000_0000 | bits >> 12)
    let digits =
      place % 2 == 0 ? "\(bits)" : "\((UInt64(tie * 0x1p52) << 11) + 1023 + bits % 3)"
    let point = place % digits.count
    spellings.append("\(digits.prefix(point)).\(digits.dropFirst(point))")
  }
  let rows = try table("x\n" + spellings.joined(separator: "\n"))
  guard case .numbers(let numbers) = rows.columns[0].values else {
    Issue.record("not a number column")
    return
  }
  for (number, spelling) in zip(numbers, spellings) {
    #expect(number == Double(spelling), "\(spelling)")
  }
}

@Test(arguments: [
  "inf", "-inf", "nan1", "0x10", "1e400", "1e", "-", ".", "1 2", "1,5", "--1", "1e5.5",
])
func whatIsNoFiniteDecimalNumberIsText(_ spelling: String) throws {
  let tabbed = try Table(
    csv: Data("x\ty\n\(spelling)\t1\n".utf8), source: "t", as: TableFormat(separator: "\t"))
  #expect(tabbed.columns[0].kind == .text)
  #expect(tabbed.columns[1].kind == .whole)
}

@Test func missingCellsAreCountedInEveryKindOfColumn() throws {
  let rows = try table("a,b,c\n1,x,\nNA,N/A,nan\n2.5,y,null\n")
  #expect(rows.columns.map(\.missingCount) == [1, 1, 3])
  #expect(rows.columns.map(\.kind) == [.real, .text, .whole])
}

@Test func columnsMayBeKeptAsTextAndHeadersLeftOut() throws {
  let rows = try Table(
    csv: Data("007,1\n010,2".utf8), source: "x", as: TableFormat(hasHeader: false),
    asText: ["column_1"])
  #expect(rows.names == ["column_1", "column_2"])
  #expect(rows.columns[0].text(at: 0) == "007")
  #expect(rows.rowCount == 2)
}

@Test(arguments: [
  ("a,b\n1,2\n3\n", "rows.csv:3: 1 field where the header has 2. "),
  ("a,b\n1,2,3\n", "rows.csv:2: 3 fields where the header has 2. "),
  ("a,b\n1,\"2\n3,4\n", "rows.csv:2: field 2 begins with a quotation mark that is never closed. "),
  ("a,b\n\"1\"x,2\n", "rows.csv:2: field 1 has text after its closing quotation mark. "),
  ("a,b,a\n1,2,3\n", "rows.csv:1: columns 1 and 3 are both named 'a'. "),
  ("a,b\n", "rows.csv: there is a header but no row. "),
  ("", "rows.csv: the file is empty. "),
  ("\n\n", "rows.csv: the file is empty. "),
])
func badTablesAreNamedWithFileAndLine(_ text: String, _ beginning: String) {
  let found = message { _ = try table(text) }
  #expect(found.hasPrefix(beginning), "\(found)")
}

@Test func anUnknownColumnSuggestsTheNearest() throws {
  let rows = try table("age,price\n1,2\n")
  #expect(
    message { _ = try rows.column("prise") }
      == "rows.csv: there is no column 'prise'. Did you mean 'price'?")
}

@Test func missingFilesFoldersAndTruncatedGzipAreNamed() throws {
  try withTemporaryFolder { folder in
    let absent = folder.appendingPathComponent("absent.csv")
    #expect(
      message { _ = try Table(at: absent) }
        == "absent.csv: cannot be read: no such file or directory. "
        + "Check the path and its permissions.")
    #expect(message { _ = try Table(at: folder) }.hasSuffix("Check the path and its permissions."))
    let whole = try Data(contentsOf: digitsFile)
    let cut = folder.appendingPathComponent("cut.csv.gz")
    try whole.prefix(whole.count / 2).write(to: cut)
    #expect(
      message { _ = try Table(at: cut) }
        == "cut.csv.gz: the compressed data end early. Copy or download the file again.")
    var flipped = whole
    flipped[whole.count / 2] ^= 0x55
    try flipped.write(to: cut)
    #expect(message { _ = try Table(at: cut) }.contains("cut.csv.gz"))
  }
}

@Test func theDigitsAreReadAsNumPyReadsThem() throws {
  let expected = try Expected.load().digits
  let digits = try Table(at: digitsFile)
  #expect(digits.rowCount == expected.rows)
  #expect(digits.columns.count == 65)
  #expect(digits.columns.allSatisfy { $0.kind == .whole })
}

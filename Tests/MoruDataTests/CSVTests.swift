import Foundation
import MoruData
import MoruTensors
import Testing

private let utf8 = TableFormat(encoding: .utf8)

private func skipping(_ bytes: [UInt8], encoding: TextEncoding? = nil) throws -> Table {
  try Table(
    csv: Data(bytes), source: "rows.csv", as: TableFormat(encoding: encoding, damaged: .skip))
}

// MARK: Encodings

@Test(arguments: [nil, TextEncoding.cp949])
func cp949IsReadAsPythonReadsIt(_ encoding: TextEncoding?) throws {
  let expected = try JSONDecoder().decode(
    [[String]].self, from: Data(contentsOf: fixture("cp949.json")))
  let table = try Table(at: fixture("cp949.csv"), as: TableFormat(encoding: encoding))
  #expect(table.names == expected[0])
  for (row, cells) in expected.dropFirst().enumerated() {
    #expect(table.columns.map { $0.text(at: row) ?? "" } == cells)
  }
  #expect(table.reading?.encoding == .cp949)
}

@Test func cp949ThatIsReadInManyPartsIsTheSame() throws {
  // Longer than any buffer, so that characters are cut by their ends.
  let line = [UInt8](arrayLiteral: 0xB8, 0xF0, 0xB7, 0xE7)  // 모루
  var bytes = Array("이름\n".utf8)
  bytes = [0xC0, 0xCC, 0xB8, 0xA7, 0x0A]
  for row in 0..<60_000 { bytes += line + Array(String(row % 7).utf8) + [0x0A] }
  let table = try Table(csv: Data(bytes), source: "모루.csv")
  #expect(table.names == ["이름"])
  #expect(table.rowCount == 60_000)
  #expect((0..<7).map { table.columns[0].text(at: $0) } == (0..<7).map { "모루\($0)" })
}

@Test func aFewStrayBytesDoNotMakeUTF8AnotherEncoding() throws {
  let bytes = Array("이름\n모루\n".utf8) + [0xEB, 0xAA, 0x0A] + Array("망치\n".utf8)
  let found = message { _ = try Table(csv: Data(bytes), source: "rows.csv") }
  #expect(
    found == "rows.csv:3: the text is not UTF-8. Save the file as UTF-8, or name its encoding.")
  let table = try skipping(bytes)
  #expect(table.reading?.encoding == .utf8)
  #expect((0..<table.rowCount).map { table.columns[0].text(at: $0) } == ["모루", "망치"])
}

@Test func aNamedEncodingIsNotGuessed() {
  let found = message {
    _ = try Table(csv: Data([0x61, 0x0A, 0x78, 0x0A, 0xB8, 0xF0]), source: "x", as: utf8)
  }
  #expect(found == "x:3: the text is not UTF-8. Save the file as UTF-8, or name its encoding.")
  let bytes: [UInt8] = [0x61, 0x0A, 0xB8, 0xF0, 0x0A, 0xFF, 0x0A, 0xB8]
  let korean = message {
    _ = try Table(csv: Data(bytes), source: "x", as: TableFormat(encoding: .cp949))
  }
  #expect(korean.hasPrefix("x:3: the text is not CP949. "), "\(korean)")
  #expect(try! skipping(bytes, encoding: .cp949).reading?.skippedCount == 2)
}

// MARK: Damaged rows

@Test func damagedRowsAreSkippedCountedAndNamed() throws {
  let table = try skipping(
    Array("a,b\n1,x\n2\n3,y,z\n4,\"w\"v\n5,\"open\n6,x\n7,\0\n8,\u{FF}\n".utf8))
  #expect((0..<table.rowCount).map { table.columns[0].text(at: $0) } == ["1", "6", "8"])
  #expect(table.columns[0].kind == .whole)
  let reading = try #require(table.reading)
  #expect(reading.found == 8)
  #expect(reading.kept == 3)
  #expect(
    reading.description == """
      rows.csv: 8 rows, 3 kept, 5 skipped, UTF-8
        rows.csv:3: 1 field where the header has 2
        rows.csv:4: 3 fields where the header has 2
        rows.csv:5: field 2 has text after its closing quotation mark
        rows.csv:6: field 2 begins with a quotation mark that is never closed
        rows.csv:8: a byte is 0, which no text holds
      """)
  #expect(table.place(ofRow: 1) == "rows.csv:7")
}

@Test func aSkippedRowLeavesNoTrace() throws {
  // Its text would make a column of numbers one of text, and its category one more.
  let table = try skipping(Array("a,b\n1,x\nword,odd,3\n2,y\n".utf8))
  #expect(table.columns[0].values == .numbers([1, 2]))
  #expect(table.columns[1].values == .text(codes: [0, 1], categories: ["x", "y"]))
  // Nor do bytes that are no text make a column of numbers one of text.
  let stray = try skipping(Array("a,b\n1,x\n".utf8) + [0xFE, 0x2C, 0x79, 0x0A], encoding: .utf8)
  #expect(stray.columns[0].kind == .whole)
}

@Test func onlyTheFirstHundredSkippedRowsAreNamed() throws {
  let table = try skipping(Array(("a,b\n1,2\n" + String(repeating: "3\n", count: 250)).utf8))
  let reading = try #require(table.reading)
  #expect(reading.skippedCount == 250)
  #expect(reading.skipped.count == ReadingReport.listLimit)
  #expect(reading.description.hasSuffix("\n  and 150 more"))
}

@Test func aTableOfDamagedRowsOnlyIsRefused() {
  #expect(
    message { _ = try skipping(Array("a,b\n1\n2\n".utf8)) }
      == "rows.csv: nothing is left of 2 rows, all damaged. "
      + "Correct the first at rows.csv:2: 1 field where the header has 2.")
}

@Test func loneQuotationMarksInsideFieldsAreText() throws {
  let rows = try table("a,b\n5\" pipe,it's\nx\"y\"z,\"\"\n")
  #expect(rows.columns[0].text(at: 0) == "5\" pipe")
  #expect(rows.columns[0].text(at: 1) == "x\"y\"z")
  #expect(rows.columns[1].missingCount == 1)
}

@Test func everyByteZeroIsNamed() {
  #expect(
    message { _ = try table("a,b\n1,2\n3,\0\n") }
      == "rows.csv:3: a byte is 0, which no text holds. "
      + "Save the file as UTF-8 text; it may be UTF-16 or not a text file at all.")
}

// MARK: Large files

/// Rows with quoted line ends, so that a file of them cannot be cut at any line end.
private func manyRows(_ count: Int) -> String {
  var text = "번호,글,값\n"
  for row in 0..<count {
    text += "\(row),\"줄 \(row % 100)\n\"\"둘째\"\" \(row % 3)\",\(Double(row) / 8)\n"
  }
  return text
}

@Test func aLargeFileIsReadInPartsAsOne() throws {
  let rows = try table(manyRows(200_000))
  #expect(rows.rowCount == 200_000)
  #expect(rows.columns.map(\.kind) == [.whole, .text, .real])
  for row in stride(from: 0, to: 200_000, by: 777) {
    #expect(rows.columns[0].text(at: row) == "\(row)")
    #expect(rows.columns[1].text(at: row) == "줄 \(row % 100)\n\"둘째\" \(row % 3)")
    #expect(rows.place(ofRow: row) == "rows.csv:\(2 + 2 * row)")
  }
  guard case .text(_, let categories) = rows.columns[1].values else { return }
  #expect(categories.count == 300)
}

@Test func aColumnThatTurnsOutToBeTextLateIsReadAnew() throws {
  var text = "a,b\n"
  for row in 0..<3_000_000 { text += "\(row % 10),1.5\n" }
  text += "word,2\n"
  let rows = try table(text)
  #expect(rows.columns.map(\.kind) == [.text, .real])
  #expect(rows.columns[0].numericCount == 3_000_000)
  #expect(rows.columns[0].firstTextRow == 3_000_000)
  #expect(rows.columns[0].text(at: 0) == "0")
}

@Test(arguments: [1, 7, 1000, 5000])
func aStreamGivesTheRowsOfTheTable(_ rowsPerTable: Int) async throws {
  let text = manyRows(3500)
  let whole = try table(text, source: "행.csv")
  try await withTemporaryFolder { folder in
    let file = folder.appendingPathComponent("행.csv")
    try text.write(to: file, atomically: true, encoding: .utf8)
    let stream = try TableStream(at: file, rowsPerTable: rowsPerTable)
    #expect(stream.names == whole.names)
    #expect(stream.kinds == whole.columns.map(\.kind))
    #expect(stream.reading == whole.reading)
    var row = 0
    for try await part in stream {
      #expect(part.rowCount == min(rowsPerTable, 3500 - row))
      for place in 0..<part.rowCount {
        #expect(part.columns.map { $0.text(at: place) } == whole.columns.map { $0.text(at: row) })
        #expect(part.place(ofRow: place) == whole.place(ofRow: row))
        row += 1
      }
    }
    #expect(row == 3500)
  }
}

@Test(arguments: ["\n", "\r\n", "\r"])
func aRowOfCSVLongerThanTheWindowIsDamaged(lineEnd: String) throws {
  try withTemporaryFolder { folder in
    let file = folder.appending(path: "긴.csv")
    // Two windows and more, with a character of three bytes over each of their ends.
    let long = String(repeating: "가", count: 11 << 20)
    try ["a,b", "1,나", "2,x\(long)", "3,다", ""].joined(separator: lineEnd)
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(message { _ = try Table(at: file) }.hasPrefix("긴.csv:3: "))
    let table = try Table(at: file, as: TableFormat(damaged: .skip))
    #expect(table.columns[0].values == .numbers([1, 3]))
    #expect(table.place(ofRow: 1) == "긴.csv:4" && table.reading?.skippedCount == 1)
  }
}

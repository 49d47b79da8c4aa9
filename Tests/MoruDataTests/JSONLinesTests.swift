import Foundation
import MoruData
import MoruTensors
import Testing

private func rows(_ text: String, _ format: TableFormat = TableFormat()) throws -> Table {
  try Table(jsonLines: Data(text.utf8), source: "rows.jsonl", as: format)
}

@Test func namesBecomeColumnsInOrderOfFirstAppearance() throws {
  let table = try Table(
    at: fixture("rows.jsonl"), as: TableFormat(nested: .flatten), asText: ["ok"])
  #expect(
    table.names == ["이름", "weight", "ok", "note", "nested.a", "nested.b.0", "nested.b.1.c"])
  #expect(table.columns.map(\.kind) == [.text, .real, .text, .text, .whole, .whole, .text])
  #expect(table.columns.map { $0.text(at: 0) } == ["모루", "12.5", "true", nil, nil, nil, nil])
  #expect(
    table.columns.map { $0.text(at: 1) } == ["망치 \"큰\"", "-300", nil, "🔨\n가", nil, nil, nil])
  #expect(table.columns.map { $0.text(at: 2) } == [nil, nil, nil, nil, "1", "2", "x"])
  #expect(table.columns.allSatisfy { $0.text(at: 3) == nil })
  #expect(table.place(ofRow: 1) == "rows.jsonl:3")
}

@Test func aColumnOfNumbersAndTextIsText() throws {
  let table = try rows("{\"a\": 1.50}\n{}\n{\"a\": \"x\"}\n{\"a\": 2}")
  #expect(table.columns[0].kind == .text)
  #expect((0..<4).map { table.columns[0].text(at: $0) } == ["1.5", nil, "x", "2"])
  #expect(table.columns[0].numericCount == 2)
  #expect(table.columns[0].firstTextRow == 2)
}

@Test(arguments: [
  ("[1]", "an object begins with {"), ("{\"a\":1,}", "a name stands in quotation marks"),
  ("{\"a\":01}", "this is no value"), ("{\"a\":1e999}", "beyond the range of Float64"),
  ("{\"a\":NaN}", "this is no value"), ("{\"a\":1}x", "nothing may follow the object"),
  ("{\"a\":1,\"a\":2}", "a name is given twice"), ("{\"a\":\"\\ud800\"}", "half a character"),
  ("{\"a\":\"\t\"}", "not escaped"), ("{\"a\":\"x", "ends with a quotation mark"),
  ("{\"a\":{\"b\":1}}", "flatten it"), ("{\"a\":.5}", "this is no value"),
  ("{\"a\" 1}", "a colon follows a name"), ("{\"a\":\"\\x\"}", "there is no such escape"),
])
func whatIsNotOneObjectIsRefusedOrSkipped(_ line: String, _ reason: String) throws {
  let found = message { _ = try rows("{\"b\":1}\n" + line) }
  #expect(found.hasPrefix("rows.jsonl:2: column ") && found.contains(reason), "\(found)")
  let table = try rows("{\"b\":1}\n\(line)\n{\"b\":2}", TableFormat(damaged: .skip))
  #expect(table.names == ["b"])
  #expect(table.columns[0].values == .numbers([1, 2]))
  #expect(table.reading?.skipped.map(\.place) == ["rows.jsonl:2"])
}

@Test func nestingWithoutEndIsRefused() {
  let deep = String(repeating: "{\"a\":", count: 100_000)
  #expect(message { _ = try rows(deep, TableFormat(nested: .flatten)) }.contains("too deep"))
}

@Test(arguments: [1, 3, 1000])
func streamsOfJSONLinesGiveTheTableInPieces(rowsPerTable: Int) async throws {
  try await withTemporaryFolder { folder in
    let file = folder.appending(path: "줄.jsonl")
    let lines = (0..<40).map { row in
      switch row % 4 {
      case 0: "{\"온도\": \(row).5, \"말\": \"가\(row % 3)\"}"
      case 1: "{\"온도\": \(row)}"
      case 2: "{\"말\": \(row), \"늦은\": 1}"
      default: row == 11 ? "{\"온도\": " : "\n{\"온도\": null}"
      }
    }
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    let format = TableFormat(damaged: .skip)
    let whole = try Table(at: file, as: format)
    let stream = try TableStream(at: file, rowsPerTable: rowsPerTable, as: format)
    #expect(stream.names == whole.names && stream.kinds == whole.columns.map(\.kind))
    #expect(stream.rowCount == whole.rowCount && stream.reading == whole.reading)
    var start = 0
    for try await part in stream {
      #expect(part.rowCount == min(rowsPerTable, whole.rowCount - start))
      for row in 0..<part.rowCount {
        #expect(part.place(ofRow: row) == whole.place(ofRow: start + row))
        #expect(
          part.columns.map { $0.text(at: row) } == whole.columns.map { $0.text(at: start + row) })
      }
      start += part.rowCount
    }
    #expect(start == whole.rowCount && start == 39)
  }
}

@Test func aLineLongerThanTheWindowIsDamaged() throws {
  try withTemporaryFolder { folder in
    let file = folder.appending(path: "긴.jsonl")
    let long = String(repeating: "x", count: 17 << 20)
    try "{\"a\": 1}\n{\"a\": \"\(long)\"}\n{\"a\": 2}\n".write(
      to: file, atomically: true, encoding: .utf8)
    #expect(message { _ = try Table(at: file) }.hasPrefix("긴.jsonl:2: "))
    let table = try Table(at: file, as: TableFormat(damaged: .skip))
    #expect(table.columns[0].values == .numbers([1, 2]))
    #expect(table.place(ofRow: 1) == "긴.jsonl:3" && table.reading?.skippedCount == 1)
  }
}

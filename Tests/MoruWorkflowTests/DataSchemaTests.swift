import Foundation
import MoruData
import MoruWorkflow
import Testing

@Suite("Schemas as YAML") struct DataSchemaYAMLTests {
  @Test("read back the same, whatever columns and categories are called")
  func roundTrip() throws {
    let words = [
      "null", "~", "true", "1.0", "01", "a: b", " 서울 ", "# x", "'q'", "- y", "1e3", "x, y",
    ]
    let rows = (words + words).enumerated().map { place, word in
      "\"\(word)\",\(Double(place) * 1e-7),\(place % 2)"
    }
    let csv = "\"이름: 1\",yes,- c\n" + rows.joined(separator: "\n")
    let table = try Table(csv: Data(csv.utf8), source: "자료.csv", asText: ["이름: 1"])
    let schema = DataSchema(inferredFrom: table)
    #expect(schema.columns[0].categories == words)
    let folder = FileManager.default.temporaryDirectory.appending(path: "규칙-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "규칙.yaml")
    try schema.write(to: file)
    #expect(try DataSchema(readingFrom: file.path) == schema)
    #expect(throws: WorkflowError.self) { try schema.write(to: file) }
  }

  @Test("mistakes are said with line and column")
  func mistakes() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    for (yaml, place, words) in [
      ("schema: 1\ncolumns:\n- {name: a, type: hole}\n", ":3:19", "\"whole\""),
      ("schema: 1\ncolumns:\n- {name: a, type: real, minimum: 3, maximum: 1}\n", ":3:", "at least"),
      ("schema: 1\ncolumns:\n- {name: a, type: real, quantiles: [2, 1]}\n", ":3:", "ascending"),
      (
        "schema: 1\ncolumns:\n- {name: a, type: text}\n- {name: a, type: text}\n", ":3:1",
        "more than"
      ),
      ("schema: 1\npicturs: {}\n", ":2:1", "\"pictures\""),
      ("schema: 1\n", ":1:1", "or else pictures"),
    ] {
      try Data(yaml.utf8).write(to: file)
      let error = #expect(throws: WorkflowError.self) { try DataSchema(readingFrom: file.path) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(place) && text.contains(words), "\(text)")
    }
  }
}
